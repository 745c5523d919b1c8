/** The alarms of the functions, the doctor, the API, the rotation and the queues, by their names in docs/runbook.md. */
import { Duration } from 'aws-cdk-lib';
import type { RestApi } from 'aws-cdk-lib/aws-apigateway';
import { type IMetric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { AlarmProps } from './alarms.ts';
import type { EjabberdDoctor } from './ejabberd-doctor.ts';
import type { EjabberdEvents } from './ejabberd-events.ts';
import type { EjabberdFunctions } from './ejabberd-functions.ts';
import type { EjabberdRotation } from './ejabberd-rotation.ts';
import { highest, ownMetric, PERIOD, worstOf } from './metrics.ts';
import { PLATFORM_METRICS } from './platform-failures.ts';

/** Alarms by name. */
export type Alarms = Readonly<Record<string, Omit<AlarmProps, 'topic'>>>;

/** How long the doctor must find a fault before the alarm goes on. */
const FINDING_MINUTES = 15;

/** The alarms of the doctor’s findings. */
export function doctorAlarms(namespace: string, { minutes }: EjabberdDoctor): Alarms {
  const perCheck = { period: Duration.minutes(minutes) };
  const checks = Math.max(1, Math.ceil(FINDING_MINUTES / minutes));
  return {
    EjabberdUnreachable: {
      metric: ownMetric(namespace, 'EjabberdReachable', Stats.MINIMUM).with(perCheck),
      below: true,
      periods: 2,
      meaning: 'The functions’ VPC can’t reach ejabberd, or the doctor did not run.',
      runbook: 'Read the doctor’s last report in its log. It names the cause and the repair.',
    },
    DoctorFindings: {
      metric: ownMetric(namespace, 'DoctorFailures', Stats.MAXIMUM).with(perCheck),
      periods: checks,
      // A schedule is not exact, so a period may contain no check, and the next one two.
      of: checks + 1,
      meaning: 'The doctor finds a fault of ejabberd, its account or the settings.',
      runbook: 'Read its last report in its log. It has the lines of ejabberd.yml that repair the fault.',
    },
  };
}

/** The alarms of the seven functions. */
export function functionAlarms(namespace: string, rostbeef: EjabberdFunctions, throttles: IMetric): Alarms {
  const { timeoutMs = 10_000 } = rostbeef.props.ejabberd;
  return {
    EjabberdFailures: {
      metric: ownMetric(namespace, 'EjabberdFailures'),
      threshold: 5,
      meaning: 'Calls fail because ejabberd fails, does not respond, or sends an invalid response.',
      runbook: 'Look at “Errors by name” on the dashboard, then at ejabberd’s own log.',
    },
    PartialLinks: {
      metric: ownMetric(namespace, 'PartialLinks'),
      periods: 3,
      meaning: 'Links or unlinks are not complete in both rosters.',
      runbook: 'Find the pairs in the functions’ logs, and repeat the calls that were not repeated since.',
    },
    CredentialFailures: {
      metric: ownMetric(namespace, 'CredentialFailures'),
      meaning: 'The secret can’t be read, or ejabberd refuses the account.',
      runbook: 'Compare the secret with ejabberd’s account; after a failed rotation, run it again.',
    },
    FunctionFailures: {
      metric: ownMetric(namespace, 'FunctionFailures'),
      meaning: 'The settings are wrong, or the functions have a defect.',
      runbook: 'Search the functions’ logs for ConfigurationError and UnexpectedError; roll back the last deployment.',
    },
    EndedByLambda: {
      metric: ownMetric(namespace, PLATFORM_METRICS.ended),
      meaning: 'A function crashed, ran out of time or ran out of memory.',
      runbook: 'Search the functions’ logs for platform.report with a status or errorType. Roll back a new defect.',
    },
    ShortOfMemory: {
      metric: ownMetric(namespace, PLATFORM_METRICS.memory),
      meaning: 'A function used 90 % of its memory or more.',
      runbook: 'Look for large rosters or batches in its log at that time, and request pages or smaller batches.',
    },
    Throttles: {
      metric: throttles,
      periods: 3,
      meaning: 'Lambda throttles calls.',
      runbook: 'Raise maxConcurrency if ejabberd has capacity, or slow the callers down.',
    },
    FailedEvents: {
      metric: rostbeef.failedEvents.metricApproximateNumberOfMessagesVisible({
        period: PERIOD,
        statistic: Stats.MAXIMUM,
      }),
      meaning: 'An asynchronous invocation failed after its retries.',
      runbook: 'Read its event in the queue of failed events, repair the cause, and invoke the function again.',
    },
    SlowCalls: {
      metric: worstOf(rostbeef.functions.values(), 'p99', ({ alias }) =>
        alias.metricDuration({ period: PERIOD, statistic: Stats.p(99) }),
      ),
      threshold: timeoutMs * 0.8,
      periods: 3,
      meaning: 'The slowest calls take 80 % of their deadline.',
      runbook: 'Request rosters in pages, and look at ejabberd’s load and its listener’s backlog.',
    },
  };
}

/** The alarm of the REST API. */
export function apiAlarms(api: RestApi): Alarms {
  return {
    ApiErrors: {
      metric: api.metricServerError({ period: PERIOD, statistic: Stats.AVERAGE }),
      threshold: 0.05,
      periods: 3,
      meaning: 'One request in twenty ends in a 5xx.',
      runbook: 'Look at the other alarms first, because this one counts their effect on the API’s callers.',
    },
  };
}

/** The alarm of the rotation. */
export function rotationAlarms(rotation: EjabberdRotation): Alarms {
  return {
    RotationFailed: {
      metric: rotation.function.alias.metricErrors({ period: PERIOD }),
      meaning: 'The rotation of the password failed. The old password is still in use.',
      runbook: 'Read the rotation function’s log, repair the cause, and rotate the secret by hand.',
    },
  };
}

/** The alarms of the queues of events. */
export function eventAlarms(namespace: string, events: EjabberdEvents): Alarms {
  const queues = [...events.queues.values()];
  const ages = queues.map(({ queue }) => queue.metricApproximateAgeOfOldestMessage({ period: PERIOD }));
  const dead = queues.map(({ deadLetters }) =>
    deadLetters.metricApproximateNumberOfMessagesVisible({ period: PERIOD }),
  );
  return {
    OldEvents: {
      metric: highest('the oldest event, in seconds', ages),
      threshold: 15 * 60,
      meaning: 'An event has waited for a quarter of an hour.',
      runbook: 'See “Errors by name” for why events fail, or raise maxConcurrency if they only wait.',
    },
    PoisonMessages: {
      metric: ownMetric(namespace, 'PoisonMessages'),
      meaning: 'A message of a queue can never succeed. Its input is wrong, or its outcome is unknown.',
      runbook: 'Find all of them in the functions’ logs by PoisonMessages = 1, and correct them at their source.',
    },
    DeadLetters: {
      metric: highest('dead letters', dead),
      meaning: 'An event was received too often. It is in a dead-letter queue.',
      runbook: 'Find its error in the function’s log by its messageId, repair the cause, and redrive the queue.',
    },
  };
}
