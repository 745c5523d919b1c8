/**
 * Calls a method.
 *
 * @param {string} method such as `get_roster`
 * @param {object} input
 * @returns {Promise<{ status: number, ms: number, body: any }>} the body is a result, or the problem details of an error.
 *   Status 0 means that there was no response
 */
export async function call(method, input) {
  const started = performance.now();
  const since = () => Math.round(performance.now() - started);
  try {
    const response = await fetch(method, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(input),
    });
    return { status: response.status, ms: since(), body: await response.json() };
  } catch (error) {
    return { status: 0, ms: since(), body: { detail: `There was no answer: ${error.message}` } };
  }
}

/** Returns one sentence about the outcome of a call. */
export function sentenceOf({ status, ms, body }) {
  if (status === 200) return `200 OK in ${ms} ms`;
  const name = body.name ?? body.title ?? 'No response';
  return `${status === 0 ? '' : `${status} `}${name} after ${ms} ms: ${reasonOf({ body })}`;
}

/** Returns the reason of an error for a person, without the code and the condition of XEP-0086 at its end. */
export function reasonOf({ body }) {
  return (body.detail ?? '').replace(/ \(\d{3} [a-z-]+\)$/, '');
}
