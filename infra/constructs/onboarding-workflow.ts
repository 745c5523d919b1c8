/** The definition of the onboarding state machine: the example to copy. */
import {
  Choice,
  Condition,
  Fail,
  type IChainable,
  Pass,
  ProvideItems,
  Map as StateForEach,
  Succeed,
} from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import type { EjabberdFunctions } from './ejabberd-functions.ts';
import { OUTCOME_UNKNOWN_ERRORS } from './retries.ts';
import { RostbeefTask } from './rostbeef-task.ts';

/** The parts of the machine. */
export interface OnboardingWorkflowProps {
  readonly rostbeef: EjabberdFunctions;
  /** Members of a team that are linked at a time. */
  readonly concurrency: number;
}

/** A page of contacts with the longest nicks and groups fits into a state's 256 KiB. */
const PAGE = 50;

/**
 * Whether neither roster had an entry for the other user. JIDs are compared in lower case, which is exact for ASCII only. A
 * pair with other characters counts as linked before, so that it is never unlinked.
 */
const IS_NEW = [
  '$not($lowercase($states.input.jid) in $found)',
  '$not($me in $foundOfMember)',
  '$contains($me & $states.input.jid, /^[!-~]+$/)',
  "$not($contains($me & $states.input.jid, 'xn--'))",
].join(' and ');

const ERROR = "'error': $states.errorOutput.Error, 'cause': $substring($states.errorOutput.Cause, 0, 300)";

/**
 * Links a new user with each member of a team, and then sends a welcome once. If a member can't be linked, the links of
 * this execution are undone.
 *
 * The input is `{user, server, nick, group?, team: [{jid, nick}], welcome: {from, stanza}}`.
 */
export function onboardingWorkflow(scope: Construct, { rostbeef, concurrency }: OnboardingWorkflowProps): IChainable {
  const begin = Pass.jsonata(scope, 'Begin', {
    assign: {
      start: '{% $states.input %}',
      me: "{% $lowercase($states.input.user & '@' & $states.input.server) %}",
      wanted: '{% [$states.input.team.$lowercase(jid)] %}',
      found: [],
      token: false,
    },
  });
  const readRoster = new RostbeefTask(scope, 'ReadRoster', {
    comment: 'Notes which members are in the new user’s roster before anything is linked.',
    rostbeef,
    method: 'get_roster',
    input: pageOf('$start.user', '$start.server', '$token'),
    assign: {
      found: '{% $append($found, [$states.result.Payload.contacts.$lowercase(jid)[$ in $wanted]]) %}',
      token: NEXT_TOKEN,
    },
  }).addCatch(Fail.jsonata(scope, 'NoSuchUser', { error: 'NoSuchUser' }), { errors: ['ItemNotFoundError'] });

  const linkTeam = StateForEach.jsonata(scope, 'LinkTeam', {
    items: ProvideItems.jsonata('{% $start.team %}'),
    maxConcurrency: concurrency,
    assign: { links: '{% $states.result %}' },
  });
  linkTeam.itemProcessor(linkOf(scope, rostbeef));

  const undo = StateForEach.jsonata(scope, 'Undo', {
    items: ProvideItems.jsonata('{% [$links[isNew]] %}'),
    maxConcurrency: concurrency,
  });
  undo.itemProcessor(unlinkOf(scope, rostbeef));
  const notOnboarded = Fail.jsonata(scope, 'NotOnboarded', {
    error: 'NotOnboarded',
    cause:
      "{% $substring($string({ 'failed': [$links[outcome = 'failed']], 'unlinked': [$states.input[outcome = 'unlinked'].jid], " +
      "'left': [$states.input[outcome = 'left']], 'kept': [$links[$not(isNew) and outcome = 'linked'].jid] }), 0, 32000) %}",
  });

  return begin.next(readRoster).next(
    Choice.jsonata(scope, 'MoreOfRoster')
      .when(Condition.jsonata('{% $token != false %}'), readRoster)
      .otherwise(
        linkTeam.next(
          Choice.jsonata(scope, 'AllLinked')
            .when(Condition.jsonata("{% $not('failed' in $links.outcome) %}"), welcomeOf(scope, rostbeef))
            .otherwise(undo.next(notOnboarded)),
        ),
      ),
  );
}

const NEXT_TOKEN = '{% $exists($states.result.Payload.nextToken) ? $states.result.Payload.nextToken : false %}';

/** The input that asks for a page of a roster. A member without a value is left out. */
function pageOf(user: string, server: string, token: string): string {
  return `{% { 'user': ${user}, 'server': ${server}, 'maxResults': ${PAGE}, 'nextToken': ${token} != false ? ${token} } %}`;
}

/** Links one member, and returns whether the pair is new. */
function linkOf(scope: Construct, rostbeef: EjabberdFunctions): IChainable {
  const notLinked = Pass.jsonata(scope, 'NotLinked');
  const begin = Pass.jsonata(scope, 'BeginMember', { assign: { foundOfMember: [], tokenOfMember: false } });
  const readMember = new RostbeefTask(scope, 'ReadMember', {
    comment: 'Notes whether the new user is in the member’s roster.',
    rostbeef,
    method: 'get_roster',
    input: pageOf(
      "$substringBefore($states.input.jid, '@')",
      "$substringAfter($states.input.jid, '@')",
      '$tokenOfMember',
    ),
    assign: {
      foundOfMember: '{% $append($foundOfMember, [$states.result.Payload.contacts.$lowercase(jid)[$ = $me]]) %}',
      tokenOfMember: NEXT_TOKEN,
    },
    outputs: '{% $states.input %}',
  }).addCatch(notLinked, {
    outputs: `{% { 'jid': $states.input.jid, 'isNew': false, 'outcome': 'failed', ${ERROR} } %}`,
  });
  const link = new RostbeefTask(scope, 'Link', {
    rostbeef,
    method: 'link_contacts',
    input:
      "{% { 'jid1': $me, 'nick1': $start.nick, 'group1': $start.group, " +
      "'jid2': $states.input.jid, 'nick2': $states.input.nick, 'group2': $start.group } %}",
    outputs: `{% { 'jid': $states.input.jid, 'isNew': ${IS_NEW}, 'outcome': 'linked' } %}`,
  }).addCatch(notLinked, {
    outputs: `{% { 'jid': $states.input.jid, 'isNew': ${IS_NEW}, 'outcome': 'failed', ${ERROR} } %}`,
  });
  return begin
    .next(readMember)
    .next(
      Choice.jsonata(scope, 'MoreOfMember')
        .when(Condition.jsonata('{% $tokenOfMember != false %}'), readMember)
        .otherwise(link),
    );
}

/** Unlinks one pair. A pair that can't be unlinked is in the result as `left`. */
function unlinkOf(scope: Construct, rostbeef: EjabberdFunctions): IChainable {
  return new RostbeefTask(scope, 'Unlink', {
    rostbeef,
    method: 'unlink_contacts',
    input: { jid1: '{% $me %}', jid2: '{% $states.input.jid %}' },
    outputs: { jid: '{% $states.input.jid %}', outcome: 'unlinked' },
  }).addCatch(Pass.jsonata(scope, 'NotUnlinked'), {
    outputs: `{% { 'jid': $states.input.jid, 'outcome': 'left', ${ERROR} } %}`,
  });
}

/** Sends the welcome once. With a table it has a key. Without one it is not repeated. */
function welcomeOf(scope: Construct, rostbeef: EjabberdFunctions): IChainable {
  const hasTable = rostbeef.props.idempotency !== undefined;
  const report = Succeed.jsonata(scope, 'Report', {
    outputs: { linked: '{% [$links.jid] %}', welcome: '{% $states.input.welcome %}' },
  });
  return new RostbeefTask(scope, 'Welcome', {
    rostbeef,
    method: 'send_stanza',
    input: {
      from: '{% $start.welcome.from %}',
      to: '{% $me %}',
      stanza: '{% $start.welcome.stanza %}',
      ...(hasTable && { idempotencyKey: "{% $states.context.Execution.Name & '/welcome' %}" }),
    },
    outputs: { welcome: 'sent' },
  })
    .addCatch(report, {
      errors: hasTable ? ['OutcomeUnknownError'] : [...OUTCOME_UNKNOWN_ERRORS],
      outputs: { welcome: 'unknown' },
    })
    .next(report);
}
