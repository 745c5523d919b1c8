/** Reads rosters page by page. */

interface Page<Item> {
  readonly contacts: readonly Item[];
  readonly nextToken?: string | undefined;
}

interface Paging {
  readonly maxResults?: number | undefined;
  readonly nextToken?: string | undefined;
}

/** The most contacts that the API gives in one page. */
const PAGE = 1_000;

/**
 * Reads every item of a paged list. The next page is asked for when the last one has been read.
 *
 * @param read reads one page
 * @param input the first page; `maxResults` is the size of each
 */
export async function* pagesOf<Input extends Paging, Item>(
  read: (input: Input) => Promise<Page<Item>>,
  input: Input,
): AsyncIterableIterator<Item> {
  let page = { ...input, maxResults: input.maxResults ?? PAGE };
  for (;;) {
    const { contacts, nextToken } = await read(page);
    yield* contacts;
    if (nextToken === undefined) return;
    page = { ...page, nextToken };
  }
}
