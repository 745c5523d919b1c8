/** The synthesized state machines, and what they name. */
import { catalogue } from 'rostbeef-layer';
import { type Deployed, deployed } from '../infra/account.ts';
import { type Context, synthesize } from '../infra/synthesize.ts';

/** The machines of a deployment. */
export interface Machines {
  /** The definitions. */
  readonly bulk: string;
  readonly onboarding: string;
  readonly bucket: string;
  /** The function behind an alias: a method of the catalogue, or `prepare`. */
  functionOf(aliasArn: string): string;
}

/** Synthesizes a deployment with workflows. @param context what else differs from the committed one */
export function synthesizeMachines(context: Context = {}): Machines {
  const { stacks, remove } = synthesize({
    ejabberdUrl: 'https://xmpp.internal:5443/xmlrpc',
    workflows: 'true',
    ...context,
  });
  remove();
  const all = deployed(stacks);
  const one = (type: string, id: string): Deployed => {
    const found = all.find((resource) => resource.type === type && resource.id === id);
    if (found === undefined) throw new Error(`expected a ${type} ${id}`);
    return found;
  };
  const definition = (id: string) => String(one('AWS::StepFunctions::StateMachine', id).properties['DefinitionString']);
  const names = new Map([
    ...catalogue.map(
      ({ name }) => [one('AWS::Lambda::Alias', `Rostbeef${name.replaceAll('_', '')}Live`).arn, name] as const,
    ),
    [one('AWS::Lambda::Alias', 'WorkflowsPrepareLive').arn, 'prepare'] as const,
  ]);
  return {
    bulk: definition('WorkflowsBulk'),
    onboarding: definition('WorkflowsOnboarding'),
    bucket: one('AWS::S3::Bucket', 'WorkflowsBucket').arn.replace('arn:aws:s3:::', ''),
    functionOf(aliasArn) {
      const name = names.get(aliasArn);
      if (name === undefined) throw new Error(`expected the alias of a function, and not ${aliasArn}`);
      return name;
    },
  };
}

/** The context that adds the table of idempotency keys. */
export const WITH_TABLE: Context = { idempotency: 'true', dynamodbPrefixListId: 'pl-0123456789abcdef0' };
