import { SaxesParser } from 'saxes';
import { expect } from 'vitest';
import { decodeResponse } from '../../functions/layer/xmlrpc/decode.ts';
import { DecodeError } from '../../functions/layer/xmlrpc/errors.ts';
import { corpusOf } from './corpus.ts';
import { fuzz, mutated } from './fuzz.ts';

const WORDS =
  '<value>|</value>|<value/>|<string>|</string>|<struct>|</struct>|<member>|</member>|<name>|</name>|<array>|<data>|</data>|</array>|' +
  '<int>|</int>|<i8>|<double>|<boolean>|<nil/>|<base64>|<fault>|</fault>|<params>|<![CDATA[|]]>|<!--|-->|&amp;|&#|;|&#x1F600;|&lt;|' +
  '<!DOCTYPE x>|<?xml version="1.0"?>|__proto__|constructor|2147483648|-1|é|\u{1F600}|\uFFFE|\0|\r|\n|4294967295';

const corpus = corpusOf('answer');

/** Whether another parser takes it for well-formed. */
function isWellFormed(text: string): boolean {
  let wellFormed = true;
  const parser = new SaxesParser();
  parser.on('error', () => {
    wellFormed = false;
  });
  parser.write(text).close();
  return wellFormed;
}

fuzz<Buffer>({
  name: 'an answer is decoded or refused',
  corpus,
  inputs: mutated(corpus, WORDS.split('|')),
  check(bytes) {
    try {
      const response = decodeResponse(bytes);
      expect(JSON.stringify(response).length).toBeLessThan(20 * bytes.length);
      expect(isWellFormed(bytes.toString())).toBe(true);
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      expect(error.message.length).toBeLessThan(100);
    }
    expect(Object.keys(Object.prototype)).toEqual([]);
  },
});
