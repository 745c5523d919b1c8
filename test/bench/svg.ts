/** Draws curves as SVG: two logarithmic axes, a line for each name, readable on light and dark pages. */
import type { Curve } from './table.ts';

const WIDTH = 760;
const HEIGHT = 420;
const LEFT = 76;
const RIGHT = 230;
const TOP = 48;
const BOTTOM = 56;

/** The marks tell the lines apart without colours. */
const COLOURS = ['#3b82f6', '#ea580c', '#16a34a', '#a855f7', '#dc2626', '#0891b2'];

/** The whole picture. Text takes the page's own colour where the picture is part of it, and else one by its scheme. */
export function curveAsSvg({ title, x, y, lines }: Curve): string {
  const points = Object.values(lines).flat();
  const across = axis(
    points.map(([value]) => value),
    LEFT,
    WIDTH - RIGHT,
  );
  const up = axis(
    points.map(([, value]) => value),
    HEIGHT - BOTTOM,
    TOP,
  );
  const grid = [
    ...across.ticks.map((tick) => {
      const at = round(across.at(tick));
      return `<line class="g" x1="${at}" x2="${at}" y1="${TOP}" y2="${HEIGHT - BOTTOM}"/>${text(at, HEIGHT - BOTTOM + 18, label(tick), 'middle')}`;
    }),
    ...up.ticks.map((tick) => {
      const at = round(up.at(tick));
      return `<line class="g" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${at}" y2="${at}"/>${text(LEFT - 8, at + 4, label(tick), 'end')}`;
    }),
  ];
  const drawn = Object.entries(lines).map(([name, line], index) => {
    const colour = COLOURS[index % COLOURS.length] ?? '#888';
    const places = line.map(([a, b]) => [round(across.at(a)), round(up.at(b))] as const);
    const marks = places.map(([a, b]) => mark(a, b, index, colour)).join('');
    const path = places.map(([a, b]) => `${a},${b}`).join(' ');
    const key = TOP + 8 + index * 22;
    return (
      `<polyline points="${path}" fill="none" stroke="${colour}" stroke-width="2"/>${marks}` +
      `${mark(WIDTH - RIGHT + 20, key, index, colour)}${text(WIDTH - RIGHT + 32, key + 4, name, 'start')}`
    );
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escaped(title)}">
<style>text{font:13px system-ui,sans-serif;fill:#333}.t{font-size:15px;font-weight:600}.g{stroke:#8886}
@media (prefers-color-scheme:dark){text{fill:#ddd}}</style>
<text class="t" x="${LEFT}" y="24">${escaped(title)}</text>
${grid.join('\n')}
${drawn.join('\n')}
${text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 12, x, 'middle')}
<text transform="translate(16 ${(TOP + HEIGHT - BOTTOM) / 2}) rotate(-90)" text-anchor="middle">${escaped(y)}</text>
</svg>
`;
}

interface Axis {
  readonly ticks: readonly number[];
  at(value: number): number;
}

/** From the power of ten, or twice or five times it, below the least value to the one above the greatest. */
function axis(values: readonly number[], from: number, to: number): Axis {
  const steps = Array.from(
    { length: 14 * 3 },
    (_, index) => 10 ** (Math.floor(index / 3) - 5) * ([1, 2, 5][index % 3] ?? 1),
  );
  const [least, greatest] = [Math.min(...values), Math.max(...values)];
  const low = steps.findLast((step) => step <= least * 1.0001) ?? least;
  const high = steps.find((step) => step >= greatest * 0.9999 && step > low) ?? greatest;
  const inside = steps.filter((step) => step >= low && step <= high);
  const ticks = inside.length > 8 ? inside.filter((step) => /^1/.test(step.toExponential())) : inside;
  return { ticks, at: (value) => from + ((to - from) * Math.log(value / low)) / Math.log(high / low) };
}

function mark(x: number, y: number, index: number, colour: string): string {
  const shapes = [
    `<circle cx="${x}" cy="${y}" r="4" fill="${colour}"/>`,
    `<rect x="${round(x - 4)}" y="${round(y - 4)}" width="8" height="8" fill="${colour}"/>`,
    `<path d="M${x} ${round(y - 5)}l5 9h-10z" fill="${colour}"/>`,
    `<path d="M${x} ${round(y - 5)}l5 5-5 5-5-5z" fill="${colour}"/>`,
  ];
  return shapes[index % shapes.length] ?? '';
}

function text(x: number, y: number, content: string, anchor: string): string {
  return `<text x="${x}" y="${y}" text-anchor="${anchor}">${escaped(content)}</text>`;
}

function label(value: number): string {
  return value >= 1 ? value.toLocaleString('en') : String(Number(value.toPrecision(3)));
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function escaped(content: string): string {
  return content.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
