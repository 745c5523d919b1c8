/** Every fault, in the order of the documentation. */
import { commandFaults } from './command-faults.ts';
import { connectionFaults } from './connection-faults.ts';
import type { Fault } from './fault.ts';
import { httpFaults } from './http-faults.ts';
import { tlsFaults } from './tls-faults.ts';
import { xmlFaults } from './xml-faults.ts';

export const catalogueOfFaults: readonly Fault[] = [
  ...connectionFaults,
  ...tlsFaults,
  ...httpFaults,
  ...xmlFaults,
  ...commandFaults,
];
