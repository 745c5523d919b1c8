/** The command line is not valid. The message names the problem. A command then ends with status 2. */
export class UsageError extends Error {
  override readonly name: string = 'UsageError';
}

/** A command failed for a reason that its user can remove. Only the message is printed. The command ends with status 1. */
export class CommandError extends Error {
  override readonly name: string = 'CommandError';
}
