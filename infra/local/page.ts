import { catalogue } from 'rostbeef-layer';
import { curl } from './curl.ts';

const style = `
  :root { color-scheme: light dark; --line: light-dark(#d8dee4, #353b43); --soft: light-dark(#f3f5f7, #1b2027); }
  body { font: 16px/1.55 system-ui, sans-serif; max-width: 52rem; margin: 3rem auto; padding: 0 1.25rem; }
  h1 { font-size: 1.6rem; margin-bottom: .25rem; }
  article { border-top: 1px solid var(--line); padding: .5rem 0 1rem; }
  h2 { font: 600 1.05rem ui-monospace, monospace; margin: .75rem 0 .25rem; }
  p { margin: .35rem 0; }
  pre { background: var(--soft); border: 1px solid var(--line); border-radius: 6px; padding: .7rem .9rem;
    white-space: pre-wrap; overflow-wrap: anywhere; }
  code { font: .875rem/1.5 ui-monospace, monospace; }`;

/** Returns the page at `/`, which lists the methods with commands to try. It loads no other file. */
export function page(url: string): string {
  const methods = catalogue.map(
    (method) => `
  <article id="${escapeHtml(method.name)}">
    <h2>POST /${escapeHtml(method.name)}</h2>
    <p>${escapeHtml(method.summary)}</p>
    <pre><code>${escapeHtml(curl(url, method, method.example.input))}</code></pre>
  </article>`,
  );
  return `<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>rostbeef functions</title>
  <style>${style}
  </style>
</head>
<body>
  <h1>rostbeef functions</h1>
  <p>ejabberd’s XML-RPC roster API as ${catalogue.length} AWS Lambda functions, running on this machine. Each takes one JSON object.</p>
  <p>The whole contract is in <a href="/openapi.json">openapi.json</a>. This gateway checks no authorization. An AWS SDK
    client reaches the functions with the endpoint <code>${escapeHtml(url)}</code>.</p>
${methods.join('\n')}
</body>
</html>
`;
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => entities[character] ?? character);
}
