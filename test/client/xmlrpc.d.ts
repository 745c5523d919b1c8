/** What the tests use of the package `xmlrpc`, which has no types of its own. */
declare module 'xmlrpc' {
  interface Client {
    methodCall(name: string, params: readonly unknown[], callback: (error: unknown, value: unknown) => void): void;
  }
  export function createClient(options: { readonly url: string; readonly headers?: object }): Client;
}
