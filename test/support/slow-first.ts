import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** The files that take longest, because they start many processes. If one of them started last, a worker would wait for it. */
const SLOW = [
  'operations/doctor-24.12',
  'local/start',
  'harness/real-ejabberd',
  'soak/soak',
  'queues/outage',
  'idempotency/free-key',
  'operations/rotation.',
  'contract/real-',
  'stringprep/real-24.12',
  'links/real',
  'faults/matrix',
];

/** Starts the slow files first. */
export class SlowFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isSlow = ({ moduleId }: TestSpecification) => SLOW.some((name) => moduleId.includes(`/test/${name}`));
    return [...sorted.filter(isSlow), ...sorted.filter((file) => !isSlow(file))];
  }
}
