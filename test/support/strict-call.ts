/** Reads an XML-RPC call with a strict XML parser and nothing of the product's codec; whatever is odd about it throws. */
import { SaxesParser } from 'saxes';

/** The values that a call can hold. */
export type CallValue = string | number | boolean | readonly CallValue[] | { readonly [name: string]: CallValue };

/** A call as its receiver understands it. */
export interface StrictCall {
  readonly method: string;
  readonly params: readonly CallValue[];
}

interface Element {
  readonly name: string;
  readonly children: Element[];
  text: string;
}

/** @throws Error if the text is not exactly one well-formed call that UTF-8 can carry */
export function parseStrictly(text: string): StrictCall {
  if (!text.isWellFormed()) throw new Error('expected no half of a surrogate pair');
  const call = documentOf(text);
  const [method, params] = childrenOf(call, 'methodCall', 'methodName', 'params');
  return {
    method: textOf(method),
    params: params.children.map((param) => readValue(only(param, 'param'))),
  };
}

function documentOf(xml: string): Element {
  const root: Element = { name: '', children: [], text: '' };
  const stack = [root];
  const top = (): Element => stack.at(-1) ?? root;
  const refuse = (what: string) => () => {
    throw new Error(`${what} in a call`);
  };
  const parser = new SaxesParser();
  parser.on('error', (error) => {
    throw error;
  });
  for (const event of ['doctype', 'comment', 'processinginstruction'] as const) parser.on(event, refuse(event));
  parser.on('opentag', ({ name, attributes }) => {
    if (Object.keys(attributes).length > 0) throw new Error(`an attribute on <${name}>`);
    const element = { name, children: [], text: '' };
    top().children.push(element);
    stack.push(element);
  });
  parser.on('closetag', () => stack.pop());
  const append = (text: string) => {
    top().text += text;
  };
  parser.on('text', append);
  parser.on('cdata', append);
  parser.write(xml).close();
  return only(root, '');
}

function readValue(value: Element): CallValue {
  const typed = only(value, 'value');
  switch (typed.name) {
    case 'string':
      return textOf(typed);
    case 'int':
      return Number(textOf(typed));
    case 'boolean':
      return textOf(typed) === '1';
    case 'array':
      return only(typed, 'array').children.map(readValue);
    case 'struct':
      return Object.fromEntries(
        typed.children.map((member) => {
          const [name, inner] = childrenOf(member, 'member', 'name', 'value');
          return [textOf(name), readValue(inner)];
        }),
      );
    default:
      throw new Error(`<${typed.name}> as a value`);
  }
}

/** The one child of an element of this name that has no text. */
function only(element: Element, name: string): Element {
  const [child, ...more] = element.children;
  if (element.name !== name || child === undefined || more.length > 0 || element.text !== '') {
    throw new Error(`expected <${name}> with one child, not <${element.name}>`);
  }
  return child;
}

/** The two children, by name, of an element that has no text. */
function childrenOf(element: Element, name: string, first: string, second: string): [Element, Element] {
  const [one, two, ...more] = element.children;
  const isRight = element.name === name && one?.name === first && two?.name === second;
  if (!isRight || more.length > 0 || element.text !== '') throw new Error(`<${element.name}> of another form`);
  return [one, two];
}

function textOf({ name, children, text }: Element): string {
  if (children.length > 0) throw new Error(`an element in <${name}>`);
  return text;
}
