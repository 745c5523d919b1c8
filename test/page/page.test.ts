import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DEMO_USERS } from '../../infra/local/embedded/demo.ts';
import { IS_FULL } from '../support/full.ts';
import { type LocalApi, startLocalApi } from '../support/local-api.ts';

const run = promisify(execFile);

const BROWSERS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const executablePath = process.env['CHROMIUM'] ?? BROWSERS.find((path) => existsSync(path));
/** `npm run screenshots` writes the pictures that the documentation shows. */
const SHOWN = ['page', 'page-dark-390'];
const images = process.env['SCREENSHOTS'] === '1' ? resolve(import.meta.dirname, '../../docs/images') : undefined;

/** `npm run screenshots` and `npm run test:full` test all. */
const itInFull = IS_FULL || images !== undefined ? it : it.skip;

const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

describe.skipIf(executablePath === undefined)('the page, in Chromium', { timeout: 60_000 }, () => {
  let folder: string;
  let api: LocalApi;
  let browser: Browser;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'rostbeef-page-'));
    api = await startLocalApi({ demo: { users: DEMO_USERS } });
    browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
  });
  afterAll(async () => {
    await Promise.all([browser?.close(), api.stop()]);
    await rm(folder, { recursive: true });
  });

  /** Opens the page, and collects its complaints and the addresses that it asks. */
  async function open(path: string, options: BrowserContextOptions = {}) {
    const page = await browser.newPage({ viewport: { width: 1200, height: 900 }, ...options });
    const complaints: string[] = [];
    const origins = new Set<string>();
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('request', (request) => origins.add(new URL(request.url()).protocol + new URL(request.url()).host));
    await page.goto(api.url + path);
    return { page, complaints, origins };
  }

  async function shoot(page: Page, name: string): Promise<void> {
    const target = images !== undefined && SHOWN.includes(name) ? images : folder;
    await mkdir(target, { recursive: true });
    await page.screenshot({ path: join(target, `${name}.png`), fullPage: true });
  }

  /** The violations that axe calls serious or critical. */
  async function seriousProblems(page: Page): Promise<readonly string[]> {
    // A script tag would break the page's own policy.
    await page.evaluate(await readFile(axe, 'utf8'));
    const found: unknown = await page.evaluate(
      "axe.run().then(({ violations }) => violations.filter(({ impact }) => ['serious', 'critical'].includes(impact))" +
        ".map(({ id, nodes }) => [id, ...nodes.map(({ html }) => html)].join(' ')))",
    );
    return Array.isArray(found) ? found.map(String) : ['axe did not answer'];
  }

  it('shows both rosters change as two people are linked and unlinked', async () => {
    const { page, complaints, origins } = await open('/');
    await page.getByLabel('First person').fill('alice@example.com');
    await page.getByLabel('Second person').fill('erin@example.com');
    const contact = (owner: string, jid: string) =>
      page
        .locator('section', { has: page.getByRole('heading', { name: `${owner}’s roster` }) })
        .locator(`[data-jid="${jid}"]`);
    await page.getByRole('button', { name: 'Link', exact: true }).click();
    await contact('Alice', 'erin@example.com').waitFor();
    await contact('Erin', 'alice@example.com').waitFor();
    expect(await contact('Erin', 'alice@example.com').textContent()).toContain('free to chat, On the road');
    await shoot(page, 'page');
    await page.getByRole('button', { name: 'Unlink' }).click();
    await contact('Alice', 'erin@example.com').waitFor({ state: 'detached' });
    await contact('Erin', 'alice@example.com').waitFor({ state: 'detached' });
    expect(complaints).toEqual([]);
    expect([...origins]).toEqual([`http:${new URL(api.url).host}`]);
    await page.close();
  });

  it('shows an error with its name, its status and what is wrong', async () => {
    const { page } = await open('/#get_roster');
    const form = page.locator('#get_roster');
    await form.getByLabel('user').fill('ghost');
    await form.getByRole('button', { name: 'Send' }).click();
    await form.getByText(/^404 ItemNotFoundError after \d+ ms: .*ghost@example\.com/).waitFor();
    expect(await form.locator('pre').textContent()).toContain('"name": "ItemNotFoundError"');
    await page.close();
  });

  it('shows what is wrong with a field next to it', async () => {
    const { page } = await open('/#link_contacts');
    const form = page.locator('#link_contacts');
    await form.getByLabel('jid1').fill('alice');
    await form.getByRole('button', { name: 'Send' }).click();
    await form.locator('#link_contacts-jid1-issue').getByText('jid1 must be a bare JID').waitFor();
    expect(await form.getByLabel('jid1').getAttribute('aria-invalid')).toBe('true');
    expect(await form.getByLabel('jid2').getAttribute('aria-invalid')).toBe('false');
    await form.getByLabel('jid1').fill('alice@example.com');
    await form.getByRole('button', { name: 'Send' }).click();
    await form.getByText(/^200 OK/).waitFor();
    expect(await form.locator('#link_contacts-jid1-issue').textContent()).toBe('');
    await page.close();
  });

  it('tells in the roster view who does not exist, and how an empty roster gets a contact', async () => {
    const { page } = await open('/');
    await page.getByLabel('First person').fill('ghost@example.com');
    await page.getByLabel('Second person').fill('frank@example.com');
    await page.getByRole('button', { name: 'Read again' }).click();
    await page.getByText('No such user: ghost@example.com', { exact: true }).waitFor();
    await page.getByLabel('First person').fill('erin@example.com');
    await page.getByRole('button', { name: 'Read again' }).click();
    await page.getByText('No contacts. Link Erin with the other person to add one.').waitFor();
    await page.close();
  });

  it('keeps its width and a limited height with long JIDs and 200 contacts', async () => {
    const { page } = await open('/#get_roster_with_presence', { viewport: { width: 390, height: 844 } });
    const contact = {
      group: '',
      groups: [],
      subscription: 'none',
      pending: 'out',
      resource: '',
      show: 'xa',
      status: '',
    };
    const contacts = Array.from({ length: 200 }, (_, index) => {
      return { ...contact, jid: `${'a'.repeat(200)}${index}@${'b'.repeat(60)}.example.com`, nick: 'n'.repeat(200) };
    });
    await page.route('**/get_roster_with_presence', (route) => route.fulfill({ json: { contacts } }));
    await page.getByRole('button', { name: 'Read again' }).click();
    await page.locator('#get_roster_with_presence').getByRole('button', { name: 'Send' }).click();
    await page.locator('#get_roster_with_presence pre').waitFor();
    await page.locator('[data-jid]').nth(399).waitFor({ state: 'attached' });
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
    expect(await page.evaluate('document.documentElement.scrollHeight')).toBeLessThan(6_000);
    await page.close();
  });

  itInFull('can be used by the keyboard only', async () => {
    const { page } = await open('/');
    await page.locator('#get_presence').waitFor();
    const focused = () => page.evaluate('document.activeElement.textContent + document.activeElement.tagName');
    for (let presses = 0; !/^get_presence/.test(String(await focused())); presses += 1) {
      if (presses > 30) throw new Error('get_presence gets no focus');
      await page.keyboard.press('Tab');
    }
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page
      .locator('#get_presence')
      .getByText(/^200 OK/)
      .waitFor();
    expect(await page.locator('#get_presence pre').textContent()).toContain('bob@example.com/desk');
    await page.close();
  });

  it('copies a call as a command for a shell, and as a program, and both work', async () => {
    const { page } = await open('/#send_stanza', { permissions: ['clipboard-read', 'clipboard-write'] });
    await page.locator('#send_stanza').getByRole('button', { name: 'Copy as curl' }).click();
    await page.locator('#send_stanza').getByText('Copied as curl.').waitFor();
    const copied = String(await page.evaluate('navigator.clipboard.readText()'));
    const inShell = await run('sh', ['-c', copied]);
    expect(JSON.parse(inShell.stdout)).toEqual({ code: 0 });
    await page.locator('#send_stanza').getByRole('button', { name: 'Copy as client code' }).click();
    await page.locator('#send_stanza').getByText('Copied as client code.').waitFor();
    const program = String(await page.evaluate('navigator.clipboard.readText()'));
    // The project has the SDK.
    const inNode = await run(process.execPath, ['--input-type=module', '--eval', program]);
    expect(inNode.stdout).toBe('undefined {"code":0}\n');
    await page.close();
  });

  itInFull.each([
    ['light', 1200],
    ['dark', 1200],
    ['dark', 390],
  ] as const)(
    'has no serious problem for people with disabilities (%s, %i pixels wide)',
    async (colorScheme, width) => {
      const { page } = await open('/#get_roster_with_presence', { colorScheme, viewport: { width, height: 900 } });
      await page.locator('#get_roster_with_presence').getByRole('button', { name: 'Send' }).click();
      await page
        .locator('#get_roster_with_presence')
        .getByText(/^200 OK/)
        .waitFor();
      await page.locator('[data-jid]').first().waitFor();
      expect(await seriousProblems(page)).toEqual([]);
      expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
      await shoot(page, `page-${colorScheme}-${width}`);
      await page.close();
    },
  );

  itInFull('has a reference in which a method can be tried', async () => {
    const { page, complaints, origins } = await open('/reference');
    await page.locator('#operations-rostbeef-get_resources').click();
    await page.locator('#operations-rostbeef-get_resources').getByRole('button', { name: 'Execute' }).click();
    await page.locator('#operations-rostbeef-get_resources .live-responses-table').waitFor();
    await shoot(page, 'reference');
    expect(await page.locator('.live-responses-table').textContent()).toContain('200');
    expect(complaints).toEqual([]);
    expect([...origins].filter((origin) => !origin.startsWith('data:'))).toEqual([`http:${new URL(api.url).host}`]);
    await page.close();
  });
});
