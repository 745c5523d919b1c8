/** Types for the used parts of the package `xmlrpc` 1.3.2, which has no types for them. */
declare module 'xmlrpc/lib/customtype.js' {
  export interface XmlNode {
    ele(name: string): XmlNode;
    raw(text: string): XmlNode;
  }

  export default class CustomType {
    readonly raw: string;
    tagName: string;
    constructor(raw: string);
    serialize(xml: XmlNode): XmlNode;
  }
}

declare module 'xmlrpc/lib/serializer.js' {
  const serializer: { serializeMethodCall(method: string, params: readonly unknown[], encoding?: string): string };
  export default serializer;
}
