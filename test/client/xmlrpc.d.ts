/** Types for the parts of the package `xmlrpc` that the tests use. */
declare module 'xmlrpc' {
  interface Client {
    methodCall(name: string, params: readonly unknown[], callback: (error: unknown, value: unknown) => void): void;
  }
  export function createClient(options: { readonly url: string; readonly headers?: object }): Client;
}
