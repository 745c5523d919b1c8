import { element } from './dom.js';

const TOKEN = /("(?:[^"\\]|\\.)*")(\s*:)?|\b(?:true|false|null)\b|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

/** Returns a value as indented JSON with colours. */
export function jsonView(value) {
  const text = JSON.stringify(value, null, 2);
  const view = element('pre', { tabindex: '0', 'aria-label': 'Response' });
  let end = 0;
  for (const match of text.matchAll(TOKEN)) {
    view.append(text.slice(end, match.index));
    const [token, string, colon] = match;
    const kind = string === undefined ? 'json-other' : colon === undefined ? 'json-string' : 'json-key';
    view.append(element('span', { class: kind }, string ?? token), colon ?? '');
    end = match.index + token.length;
  }
  view.append(text.slice(end));
  return view;
}
