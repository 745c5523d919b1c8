/** One secret with its versions and staging labels, by the rules of AWS Secrets Manager. */
import { randomUUID } from 'node:crypto';

/** An error as the service answers it. */
export class ServiceError extends Error {
  readonly type: string;

  constructor(type: string, message: string) {
    super(message);
    this.type = type;
  }
}

interface Version {
  /** None where a rotation has begun and its function has not put one. */
  value: string | undefined;
  readonly stages: Set<string>;
}

/** The versions of a secret. A version without a label is gone, as far as its readers can tell. */
export class SecretVersions {
  rotates = false;
  readonly #versions = new Map<string, Version>();

  /** `GetSecretValue`. */
  read(stage: string | undefined, id: string | undefined): { readonly id: string; readonly value: string } {
    const wanted = id ?? this.#holder(stage ?? 'AWSCURRENT') ?? '';
    const version = this.#versions.get(wanted);
    const isThere = version !== undefined && (stage === undefined || version.stages.has(stage));
    if (!isThere || version.value === undefined) {
      throw new ServiceError('ResourceNotFoundException', 'there is no such version or stage');
    }
    return { id: wanted, value: version.value };
  }

  /** `PutSecretValue`: the token is the version's id, and the same one with the same value does nothing. */
  put(id: string, value: string, stages: readonly string[] = ['AWSCURRENT']): void {
    const version = this.#versions.get(id);
    if (version?.value !== undefined && version.value !== value) {
      throw new ServiceError('ResourceExistsException', 'the version has another value');
    }
    if (version?.value === value) return;
    this.#versions.set(id, { value, stages: version?.stages ?? new Set() });
    for (const stage of stages) this.#attach(stage, id);
  }

  /** `UpdateSecretVersionStage`. */
  move(stage: string, to: string | undefined, from: string | undefined): void {
    const holder = this.#holder(stage);
    if (to !== undefined && !this.#versions.has(to)) {
      throw new ServiceError('ResourceNotFoundException', 'there is no such version');
    }
    if (from !== undefined && holder !== from) {
      throw new ServiceError('InvalidParameterException', 'the label is not attached to RemoveFromVersionId');
    }
    if (to !== undefined && holder !== undefined && holder !== to && from === undefined) {
      throw new ServiceError('InvalidParameterException', 'the label is attached to another version');
    }
    if (to !== undefined) this.#attach(stage, to);
    else if (from !== undefined) this.#versions.get(from)?.stages.delete(stage);
  }

  /** The labels of each version that has one. */
  labels(): Readonly<Record<string, readonly string[]>> {
    return Object.fromEntries(
      [...this.#versions].filter(([, { stages }]) => stages.size > 0).map(([id, { stages }]) => [id, [...stages]]),
    );
  }

  /** Does as `RotateSecret` before it calls the function: adds an empty version with the label `AWSPENDING`. */
  beginRotation(): string {
    const pending = this.#holder('AWSPENDING');
    if (pending !== undefined && pending !== this.#holder('AWSCURRENT')) {
      throw new ServiceError('InvalidRequestException', 'a previous rotation is not complete');
    }
    const id = randomUUID();
    this.rotates = true;
    this.#versions.set(id, { value: undefined, stages: new Set() });
    this.#attach('AWSPENDING', id);
    return id;
  }

  #holder(stage: string): string | undefined {
    return [...this.#versions].find(([, { stages }]) => stages.has(stage))?.[0];
  }

  /** A label is on one version at a time; what `AWSCURRENT` leaves becomes `AWSPREVIOUS`. */
  #attach(stage: string, id: string): void {
    const holder = this.#holder(stage);
    if (holder === id) return;
    if (holder !== undefined) this.#versions.get(holder)?.stages.delete(stage);
    this.#versions.get(id)?.stages.add(stage);
    if (stage === 'AWSCURRENT' && holder !== undefined) this.#attach('AWSPREVIOUS', holder);
  }
}
