/** The files of `docs/ejabberd`, included by an `ejabberd.yml` as docs/ejabberd.md says. */
import { readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Authority } from '../support/certificates.ts';
import { HARNESS_ADDRESS, HOST, type Ports, type Variation } from '../support/ejabberd/config.ts';
import { mergeLines } from '../support/ejabberd/merge-lines.ts';
import { pathIn } from '../support/ejabberd/paths.ts';

const docs = resolve(import.meta.dirname, '../../docs');

/** The port of the listener in `rostbeef.yml`. */
export const DOCUMENTED_PORT = 5444;

/** A file of `docs/ejabberd`. */
export function documentedFile(name: string): Promise<string> {
  return readFile(join(docs, 'ejabberd', name), 'utf8');
}

/** The blocks of docs/ejabberd.md and docs/rotation.md that begin with this option. */
export async function documentedBlocks(option: string): Promise<readonly string[]> {
  const pages = await Promise.all(['ejabberd.md', 'rotation.md'].map((page) => readFile(join(docs, page), 'utf8')));
  const blocks = [...pages.join('\n').matchAll(/^( *)```yaml\n(.*?)^ *```/gms)].map(([, indent = '', block = '']) =>
    block.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
  );
  return blocks.filter((block) => block.startsWith(`${option}:`));
}

/**
 * Makes the configuration of a test's server: a main file, the documented files, and the listeners of the harness.
 *
 * @param main the operator's own `ejabberd.yml`, without the documented lines
 * @param authority signs the certificate for `localhost`
 */
export function withDocumentedFiles(main: string, authority: Authority): Variation {
  return {
    listener: { tls: true },
    async text(ports, folder) {
      const { certificate, key } = authority.issue('localhost', 60);
      await writeFile(join(folder, 'ejabberd.pem'), certificate + key);
      for (const name of ['rostbeef.yml', 'rotation.yml']) {
        await writeFile(join(folder, name), onLoopback(await documentedFile(name), ports));
      }
      const [include = ''] = (await documentedBlocks('include_config_file')).slice(-1);
      const text = mergeLines(`${main}\n${include}`, harnessLines(ports));
      return text.replaceAll('/etc/ejabberd/', `${folder}/`);
    },
  };
}

/** Debian's own `ejabberd.yml`, with its vhost and its administrator filled in, on an address of this process. */
export async function stockFile(root: string, admin: string): Promise<string> {
  const stock = await readFile(await pathIn(root, 'usr/share/ejabberd/ejabberd.yml.example'), 'utf8');
  const { pid } = process;
  return stock
    .replaceAll('ip: "::"', `ip: "127.1.${(pid >> 8) & 255}.${(pid % 250) + 1}"`)
    .replace('\n  - localhost\n', `\n  - ${HOST}\n`)
    .replace('\nacl:\n', `\nacl:\n  admin:\n    user: ${admin}\n`);
}

/** Fills in what an operator changes, and a free port, because several tests run at a time. */
function onLoopback(file: string, { http }: Ports): string {
  return file
    .replaceAll('example.com', HOST)
    .replace(`port: ${DOCUMENTED_PORT}`, `port: ${http}`)
    .replace('ip: "::"', 'ip: "127.0.0.1"');
}

/** The options that the harness needs: a listener for XMPP clients without TLS, and XML-RPC for its own calls. */
function harnessLines({ c2s, harness }: Ports): string {
  return `listen:
  - {port: ${c2s}, ip: 127.0.0.1, module: ejabberd_c2s, starttls: false, access: all, shaper: none}
  - {port: ${harness}, ip: 127.0.0.1, module: ejabberd_http, request_handlers: {/: ejabberd_xmlrpc}}
api_permissions:
  harness: {from: ejabberd_xmlrpc, who: {ip: ${HARNESS_ADDRESS}/32}, what: "*"}
`;
}
