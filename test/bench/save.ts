/** Keeps what a run found: the curves as SVG, and the table in the page that explains it. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { join, resolve } from 'node:path';
import { curveAsSvg } from './svg.ts';
import { type Findings, tableOf } from './table.ts';

const DOCS = resolve(import.meta.dirname, '../../docs');

/** Writes `docs/figures/*.svg`, and the part of `docs/performance.md` that is each benchmark's. */
export async function saveFindings(found: readonly (readonly [bench: string, findings: Findings])[]): Promise<void> {
  await mkdir(join(DOCS, 'figures'), { recursive: true });
  for (const curve of found.flatMap(([, { curves = [] }]) => curves)) {
    await writeFile(join(DOCS, 'figures', `${curve.file}.svg`), curveAsSvg(curve));
  }
  const file = join(DOCS, 'performance.md');
  let page = await readFile(file, 'utf8');
  for (const [name, findings] of found) page = withPart(page, name, partOf(name, findings));
  await writeFile(file, page);
}

function partOf(name: string, findings: Findings): string {
  const [{ model = 'unknown' } = {}, ...more] = cpus();
  const when = new Date().toISOString().slice(0, 10);
  const machine = `${more.length + 1} × ${model.trim()}, Node.js ${process.versions.node}`;
  return `\`npm run bench -- ${name}\`, ${when}, ${machine}:\n\n${tableOf([[name, findings]])}`;
}

function withPart(page: string, name: string, part: string): string {
  const [start, end] = [`<!-- bench: ${name} -->`, `<!-- end of bench: ${name} -->`];
  const [before, rest] = [page.indexOf(start), page.indexOf(end)];
  if (before < 0 || rest < before) throw new Error(`docs/performance.md has no place for ${name}`);
  return `${page.slice(0, before + start.length)}\n${part}\n${page.slice(rest)}`;
}
