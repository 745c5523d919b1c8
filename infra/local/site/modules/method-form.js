import { call, sentenceOf } from './api.js';
import { element } from './dom.js';
import { jsonView } from './json-view.js';
import { clientCodeFor, curlFor } from './samples.js';

/**
 * Makes the form of a method, filled with its example.
 *
 * @param {import('./contract.js').Method} method
 */
export function methodForm(method) {
  const controls = new Map(method.fields.map((field) => [field, controlFor(method, field)]));
  const status = element('p', { role: 'status' });
  const response = element('div');
  const input = () => inputFrom(controls);
  const send = element('button', { type: 'submit' }, 'Send');

  const submit = async (event) => {
    event.preventDefault();
    send.disabled = true;
    status.textContent = 'Sending…';
    const outcome = await call(method.name, input());
    send.disabled = false;
    status.className = outcome.status === 200 ? 'ok' : 'failed';
    status.textContent = sentenceOf(outcome);
    showIssues(controls, outcome.body.issues ?? []);
    response.replaceChildren(jsonView(outcome.body));
  };
  return element(
    'details',
    { id: method.name, name: 'method' },
    element('summary', {}, element('code', {}, method.name), ` ${method.summary}`),
    element('p', { class: 'muted' }, method.description.replaceAll('`', '')),
    element(
      'form',
      { onsubmit: submit },
      ...[...controls].map(([field, control]) => fieldOf(method, field, control)),
      element(
        'div',
        { class: 'actions' },
        send,
        copyButton('Copy as curl', () => curlFor(method.name, input()), status),
        copyButton('Copy as client code', () => clientCodeFor(method.name, input()), status),
      ),
    ),
    status,
    response,
  );
}

function controlFor(method, { name, isRequired, isNumber }) {
  const value = method.example[name] ?? '';
  const id = `${method.name}-${name}`;
  const shared = { id, name, required: isRequired, 'aria-describedby': `${id}-issue ${id}-hint`, autocomplete: 'off' };
  if (name === 'stanza') return element('textarea', { ...shared, rows: '3' }, String(value));
  return element('input', { ...shared, type: isNumber ? 'number' : 'text', value: String(value) });
}

function fieldOf(method, { name, description, isRequired }, control) {
  const id = `${method.name}-${name}`;
  return element(
    'div',
    { class: 'field' },
    element('label', { for: id }, name, isRequired ? '' : ' (optional)'),
    control,
    element('p', { class: 'failed hint', id: `${id}-issue` }),
    element('p', { class: 'hint', id: `${id}-hint` }, description.replaceAll('`', '')),
  );
}

/** Shows what is wrong with a field next to it. An issue of a member inside of a field is shown at the field. */
function showIssues(controls, issues) {
  for (const [{ name }, control] of controls) {
    const found = issues.filter(({ path }) => String(path).split(/[.[]/)[0] === name).map(({ message }) => message);
    control.setAttribute('aria-invalid', String(found.length > 0));
    document.getElementById(`${control.id}-issue`).textContent = found.length > 0 ? `${name} ${found.join(', ')}` : '';
  }
}

/** Optional members without a text are left out. */
function inputFrom(controls) {
  return Object.fromEntries(
    [...controls]
      .filter(([{ isRequired }, { value }]) => isRequired || value !== '')
      .map(([{ name, isNumber }, { value }]) => [name, isNumber ? Number(value) : value]),
  );
}

function copyButton(label, textOf, status) {
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(textOf());
      status.className = 'ok';
      status.textContent = `${label.replace('Copy', 'Copied')}.`;
    } catch {
      status.className = 'failed';
      status.textContent = textOf();
    }
  };
  return element('button', { type: 'button', class: 'plain', onclick: copy }, label);
}
