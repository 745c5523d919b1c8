/** The differences between servers that the contract allows. Each is asserted. */
export interface Traits {
  /** The value for `EJABBERD_DIALECT`. */
  readonly dialect: 'ejabberd' | 'rostbeef';
  /** Knows credentials and permissions. */
  readonly credentials: boolean;
  /** Reading tells an unknown user from one without anything. */
  readonly tellsUnknownUsers: boolean;
  /** A link looks at both users before it writes. */
  readonly checksBeforeLinking: boolean;
  /** An unlink succeeds where one of the two is no user any more. */
  readonly unlinksDeletedUsers: boolean;
  /** A link writes only what changes: nothing, or one side. */
  readonly leavesAlone: 'each side' | 'both sides' | 'nothing';
  /** `link_contacts` takes groups. */
  readonly groups: boolean;
  /** A group that is not given stays as it is. */
  readonly keepsGroups: boolean;
  /** Keeps an entry with a subscription that is none. SQL has no letter for it. */
  readonly oddSubscriptions: boolean;
  /** A group may hold `;`. */
  readonly semicolons: boolean;
  /** A roster has every group of a contact, not the first only. */
  readonly everyGroup: boolean;
  /** Tells which of two sessions is the newer. */
  readonly sessionAges: boolean;
  /** A session that has sent no presence stands behind one that has. */
  readonly silentSessionsLast: boolean;
  /** Knows the presence of users on all of its vhosts. */
  readonly presenceOnEveryVhost: boolean;
  /** A message to a bare JID goes to the highest priority, not to every resource. */
  readonly routesByPriority: boolean;
}

/** Stock ejabberd since 24.02: the contract without exceptions. */
export const STOCK: Traits = {
  dialect: 'ejabberd',
  credentials: true,
  tellsUnknownUsers: true,
  checksBeforeLinking: true,
  unlinksDeletedUsers: true,
  leavesAlone: 'each side',
  groups: true,
  keepsGroups: true,
  oddSubscriptions: true,
  semicolons: true,
  everyGroup: true,
  sessionAges: true,
  silentSessionsLast: true,
  presenceOnEveryVhost: true,
  routesByPriority: true,
};

/** Stock ejabberd before 24.02. */
export const STOCK_23: Traits = { ...STOCK, semicolons: false };

/** mod_rostbeef 1.0.2. */
export const ROSTBEEF: Traits = {
  ...STOCK,
  dialect: 'rostbeef',
  credentials: false,
  tellsUnknownUsers: false,
  checksBeforeLinking: false,
  leavesAlone: 'nothing',
  groups: false,
  keepsGroups: false,
  semicolons: false,
  sessionAges: false,
  presenceOnEveryVhost: false,
  routesByPriority: false,
};

/** mod_xmlrpc of 2012. */
export const XML_RPC_2012: Traits = {
  ...STOCK,
  dialect: 'rostbeef',
  credentials: false,
  unlinksDeletedUsers: false,
  leavesAlone: 'both sides',
  keepsGroups: false,
  sessionAges: false,
  silentSessionsLast: false,
};

/** mod_xmlrpc of 2008. */
export const XML_RPC_2008: Traits = { ...XML_RPC_2012, groups: false, semicolons: false, everyGroup: false };
