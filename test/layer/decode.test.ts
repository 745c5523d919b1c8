import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Readable } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import Deserializer from 'xmlrpc/lib/deserializer.js';
import { decodeResponse } from '../../functions/layer/xmlrpc/decode.ts';
import { DecodeError } from '../../functions/layer/xmlrpc/errors.ts';
import { anyValue, written } from '../support/any-value.ts';

const decode = (xml: string) => decodeResponse(Buffer.from(xml));
const response = (value: string) => `<methodResponse><params><param>${value}</param></params></methodResponse>`;
const valueIn = (value: string) => {
  const decoded = decode(response(value));
  return decoded.kind === 'result' ? decoded.value : decoded;
};
const member = (name: string, value: string) => `<member><name>${name}</name><value>${value}</value></member>`;
const fault = (...members: string[]) =>
  `<methodResponse><fault><value><struct>${members.join('')}</struct></value></fault></methodResponse>`;

/** The result of the package `xmlrpc` for a response. */
function byPackage(xml: Buffer | string): Promise<unknown> {
  return new Promise((settle) => {
    new Deserializer().deserializeMethodResponse(
      Readable.from([Buffer.from(xml)], { objectMode: false }),
      (error, value) => {
        if (!error) return settle({ kind: 'result', value });
        const { faultCode: code, faultString: text } = Object(error);
        settle({ kind: 'fault', code, text });
      },
    );
  });
}

const fixtures = resolve(import.meta.dirname, '../fixtures');

describe.each(readdirSync(fixtures))('an answer of %s', (release) => {
  it.each(readdirSync(resolve(fixtures, release)))('is read as the package xmlrpc reads it: %s', async (file) => {
    const xml = readFileSync(resolve(fixtures, release, file));
    expect(decodeResponse(xml)).toEqual(await byPackage(xml));
  });
});

describe('any value', () => {
  it('is read as it was written, in each way of writing it, and as the package xmlrpc reads it', async () => {
    await fc.assert(
      fc.asyncProperty(anyValue, fc.nat(1_000), async (value, way) => {
        const xml = response(written(value, way));
        expect(valueIn(written(value, way))).toEqual(value);
        expect(await byPackage(xml)).toEqual({ kind: 'result', value });
      }),
      { numRuns: 300 },
    );
  });

  it.each<[string, string, unknown]>([
    ['without a type', '<value>text</value>', 'text'],
    ['of white space', '<value> \n</value>', ' \n'],
    ['that is empty', '<value/>', ''],
    ['that is an empty string', '<value><string/></value>', ''],
    ['with a comment in it', '<value><string>a<!-- x -->b</string></value>', 'ab'],
    ['with a section in text', '<value>a<![CDATA[<&>]]>b</value>', 'a<&>b'],
    ['with a carriage return', '<value>a\r\nb&#13;c</value>', 'a\r\nb\rc'],
    ['with the last character there is', '<value>&#x10FFFF;&#1114111;</value>', '\u{10ffff}\u{10ffff}'],
    ['of eight bytes', '<value><i8>9007199254740991</i8></value>', Number.MAX_SAFE_INTEGER],
    ['of base64', '<value><base64>aGk=\n</base64></value>', Buffer.from('hi')],
    ['of a time', '<value><dateTime.iso8601>20260101T12:00:00</dateTime.iso8601></value>', '20260101T12:00:00'],
    [
      'of Object’s own names',
      `<value><struct>${member('constructor', '1')}${member('toString', '2')}</struct></value>`,
      { constructor: '1', toString: '2' },
    ],
    ['with space in its tags', '<value ><int\n>5</int ></value\t>', 5],
  ])('%s is read as what it is', (_, xml, value) => {
    expect(valueIn(xml)).toEqual(value);
  });

  it('that is a struct inherits nothing, and may have a member of any other name', () => {
    const value = Object(
      valueIn(`<value><struct>${member('a', '1')}${member('hasOwnProperty', '2')}</struct></value>`),
    );
    expect('toString' in value).toBe(false);
    expect(Object.keys(value)).toEqual(['a', 'hasOwnProperty']);
  });

  it('that comes again, or nearly, is read as what it is each time', () => {
    const texts = ['both', 'bath', 'éa', 'ée', 'both', '', 'b', 'éa', 'x'.repeat(30), 'a&amp;b', 'a]b', 'a]]b'];
    const list = texts.map((text) => `<value><string>${text}</string></value>`).join('');
    expect(valueIn(`<value><array><data>${list}</data></array></value>`)).toEqual(
      texts.map((text) => text.replace('&amp;', '&')),
    );
  });

  it('may have a byte order mark and a declaration of UTF-8 before it', () => {
    expect(
      decode(
        `\ufeff<?xml version='1.0' encoding="utf-8" standalone='yes'?>\n<!-- x -->${response('<value>é</value>')}\n`,
      ),
    ).toEqual({
      kind: 'result',
      value: 'é',
    });
  });

  it.each([' ', '\r\n\t', '<!-- x -->', '\n<!-- x -->\n<!-- y -->\n'])(
    'may have %j between any two of its outer tags',
    (gap) => {
      const tags = ['<methodResponse>', '<params>', '<param>', '<value>', '</param>', '</params>', '</methodResponse>'];
      for (const tag of tags) {
        expect(decode(response('<value>é</value>').replace(tag, `${gap}${tag}`))).toEqual({
          kind: 'result',
          value: 'é',
        });
      }
    },
  );
});

describe('a fault', () => {
  const code = member('faultCode', '<int>-118</int>');
  const string = member('faultString', '<string>why</string>');

  it('has its code and text, in either order', () => {
    expect(decode(fault(code, string))).toEqual({ kind: 'fault', code: -118, text: 'why' });
    expect(decode(fault(string, code))).toEqual({ kind: 'fault', code: -118, text: 'why' });
  });

  it.each([
    ['nothing', '<methodResponse><fault/></methodResponse>'],
    ['no value', '<methodResponse><fault></fault></methodResponse>'],
    ['nil', '<methodResponse><fault><value><nil/></value></fault></methodResponse>'],
    ['text', '<methodResponse><fault><value>why</value></fault></methodResponse>'],
    ['a list', '<methodResponse><fault><value><array><data/></array></value></fault></methodResponse>'],
    ['an empty struct', fault()],
    ['no code', fault(string)],
    ['no text', fault(code)],
    ['a code in words', fault(member('faultCode', '<string>4</string>'), string)],
    ['a code with a fraction', fault(member('faultCode', '<double>4.5</double>'), string)],
    ['a third member', fault(code, string, member('more', 'x'))],
    [
      'params beside',
      `<methodResponse><fault><value><struct>${code}${string}</struct></value></fault><params/></methodResponse>`,
    ],
  ])('of %s is refused', (_, xml) => {
    expect(() => decode(xml)).toThrow(DecodeError);
  });
});

describe('a response', () => {
  const good = response('<value>x</value>');

  it.each<[string, string | Uint8Array]>([
    ['nothing', ''],
    ['HTML', '<html><head><title>502</title></head><body><h1>Bad Gateway</h1></body></html>'],
    ['JSON', '{"res":0}'],
    ['a call', '<methodCall><methodName>x</methodName></methodCall>'],
    ['a DOCTYPE', `<!DOCTYPE methodResponse>${good}`],
    ['entities of its own', `<!DOCTYPE x [<!ENTITY a "canary">]>${response('<value>&a;</value>')}`],
    ['a processing instruction', `<?x y?>${good}`],
    ['text before it', `canary${good}`],
    ['text after it', `${good}canary`],
    ['another one after it', good + good],
    ['its end missing', good.slice(0, -20)],
    ['no params', '<methodResponse></methodResponse>'],
    ['empty params', '<methodResponse><params/></methodResponse>'],
    ['an empty param', '<methodResponse><params><param/></params></methodResponse>'],
    ['two params', '<methodResponse><params><param><value/></param><param><value/></param></params></methodResponse>'],
    ['two values', response('<value>a</value><value>b</value>')],
    ['crossed tags', response('<value><string>x</value></string>')],
    ['a tag of another case', response('<VALUE>x</VALUE>')],
    ['an attribute', response('<value x="y">x</value>')],
    ['text beside a type', response('<value>canary<int>1</int></value>')],
    ['two types', response('<value><int>1</int><int>2</int></value>')],
    ['an unknown type', response('<value><canary>1</canary></value>')],
    ['a type of an extension', response('<value><ex:nil/></value>')],
    ['an integer with more behind', response('<value><int>12abc</int></value>')],
    ['an integer with a fraction', response('<value><int>1.9</int></value>')],
    ['an integer with an exponent', response('<value><int>1e3</int></value>')],
    ['an integer in hexadecimal', response('<value><int>0x10</int></value>')],
    ['an integer past 32 bits', response('<value><int>2147483648</int></value>')],
    ['an empty integer', response('<value><int/></value>')],
    ['an integer past what a number holds', response('<value><i8>9007199254740993</i8></value>')],
    ['a double with an exponent', response('<value><double>1e5</double></value>')],
    ['a malformed double', response('<value><double>NaN</double></value>')],
    ['a boolean in words', response('<value><boolean>true</boolean></value>')],
    ['malformed base64', response('<value><base64>canary!</base64></value>')],
    ['a member without a name', response('<value><struct><member><value>x</value></member></struct></value>')],
    ['a member without a value', response('<value><struct><member><name>a</name></member></struct></value>')],
    [
      'a value before its name',
      response('<value><struct><member><value>x</value><name>a</name></member></struct></value>'),
    ],
    ['a member twice', response(`<value><struct>${member('a', '1')}${member('a', '2')}</struct></value>`)],
    ['the member __proto__', response(`<value><struct>${member('__proto__', '<struct/>')}</struct></value>`)],
    ['a list without data', response('<value><array></array></value>')],
    ['an entity of HTML', response('<value>&eacute;</value>')],
    ['an entity named as a member of Object', response('<value>&constructor;&__proto__;</value>')],
    ['a bare ampersand', response('<value>a & b</value>')],
    ['an entity without its end', response('<value>&lt</value>')],
    ['a reference past Unicode', response('<value>&#x110000;</value>')],
    ['a reference of no number', response('<value>&#-1;</value>')],
    ['a reference without end', response(`<value>&#${'9'.repeat(400)};</value>`)],
    ['a reference to a control character', response('<value>&#0;</value>')],
    ['a reference to half of a pair', response('<value>&#xd83d;&#xde00;</value>')],
    ['a control character', response('<value>a\u0000b</value>')],
    ['the end of a section in text', response('<value>a]]>b</value>')],
    ['a section without its end', response('<value><![CDATA[x</value>')],
    ['a comment without its end', response('<value><!-- x</value>')],
    ['two hyphens in a comment', response('<value><!-- a -- b --></value>')],
    ['another encoding declared', `<?xml version="1.0" encoding="ISO-8859-1"?>${good}`],
    ['bytes that are not UTF-8', Buffer.from(response('<value>caf\u00e9</value>'), 'latin1')],
    ['UTF-16', Buffer.from(good, 'utf16le')],
    ['compressed bytes', Buffer.from('1f8b0800000000000003', 'hex')],
  ])('with %s is refused, and not quoted', (_, body) => {
    const act = () => decodeResponse(Buffer.from(body));
    expect(act).toThrow(DecodeError);
    expect(act).not.toThrow('canary');
  });

  it('that is nested too deeply is refused, and does not end the process', () => {
    for (const opening of ['<value><array><data>', '<value><struct><member><name>a</name>']) {
      expect(() => decode(response(opening.repeat(100_000)))).toThrow(/levels/);
    }
  });

  it('that is altered anywhere is a value, a fault or a DecodeError', () => {
    const bytes = readFileSync(resolve(fixtures, 'ejabberd-23.01/roster-nasty.xml'));
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.nat(40), fc.uint8Array({ maxLength: 8 }), (at, drop, insert) => {
        const altered = Buffer.concat([bytes.subarray(0, at), insert, bytes.subarray(at + drop)]);
        try {
          expect(['result', 'fault']).toContain(decodeResponse(altered).kind);
        } catch (error) {
          expect(error).toBeInstanceOf(DecodeError);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it('takes time in proportion to its length, whatever fills it', () => {
    const fillings = [
      '<a>',
      '&amp;',
      '&',
      ']]>',
      ']]',
      '<!-- x -->',
      '<![CDATA[x]]>',
      'é&lt;',
      '<value>',
      '</b>',
      '\n',
    ];
    const duration = (filling: string, times: number): number => {
      const body = Buffer.from(response(`<value>${filling.repeat(times)}</value>`));
      const started = performance.now();
      try {
        decodeResponse(body);
      } catch (error) {
        expect(error).toBeInstanceOf(DecodeError);
      }
      return performance.now() - started;
    };
    for (const filling of fillings) expect(duration(filling, 200_000), filling).toBeLessThan(2_000);
  });
});
