/** Reads an XML-RPC call as ejabberd does. */
import { SaxesParser } from 'saxes';

/** The value of a parameter. It has a text, items or members, depending on its type. */
export interface Param {
  readonly type: string;
  readonly text: string;
  readonly items: readonly Param[];
  readonly members: readonly (readonly [string, Param])[];
}

/** An XML-RPC call. */
export interface Call {
  readonly method: string;
  readonly params: readonly Param[];
}

interface Frame {
  readonly name: string;
  text: string;
  readonly values: Param[];
  readonly members: (readonly [string, Param])[];
  label: string;
}

/** Parses a call. Returns the title of ejabberd’s error page if the body is not valid. */
export function parseCall(body: string): Call | 'Malformed XML' | 'Malformed Request' {
  const parser = new SaxesParser();
  const root: Frame = frame('');
  const stack: Frame[] = [root];
  let wellFormed = true;
  parser.on('error', () => {
    wellFormed = false;
  });
  parser.on('doctype', () => {
    wellFormed = false;
  });
  parser.on('opentag', ({ name }) => stack.push(frame(name)));
  const append = (text: string) => {
    const top = stack.at(-1);
    if (top !== undefined) top.text += text;
  };
  parser.on('text', append);
  parser.on('cdata', append);
  parser.on('closetag', () => {
    const done = stack.pop();
    const parent = stack.at(-1);
    if (done !== undefined && parent !== undefined) leave(done, parent);
  });
  parser.write(body).close();
  if (!wellFormed) return 'Malformed XML';
  return root.text === 'call' && root.label !== '' ? { method: root.label, params: root.values } : 'Malformed Request';
}

function frame(name: string): Frame {
  return { name, text: '', values: [], members: [], label: '' };
}

function leave(done: Frame, parent: Frame): void {
  const { name, text, values, members, label } = done;
  switch (name) {
    case 'methodName':
      parent.label = text.trim();
      break;
    case 'name':
      parent.label = text;
      break;
    case 'member':
      parent.members.push([label, values[0] ?? { type: 'string', text: '', items: [], members: [] }]);
      break;
    case 'value':
      parent.values.push(values[0] ?? { type: 'string', text, items: [], members: [] });
      break;
    case 'methodCall':
      parent.text = 'call';
      parent.label = label;
      parent.values.push(...values);
      break;
    case 'param':
    case 'params':
    case 'data':
      parent.values.push(...values);
      break;
    default:
      parent.values.push({ type: name, text, items: values, members });
  }
}
