import { measure } from '../packages/local-cluster/src/bench/api';
import { atLeast, type Row } from './table';

/** Calls per second of the embedded API server, half reads and half merge patches. */
export async function measureApi(): Promise<Row> {
  const { callsPerSecond } = await measure();
  return atLeast('api', 'embedded API server: TLS, 16 connections, half GET and half merge patch of 3 kB, 10,000 stored', callsPerSecond, 'calls/s', 2_000);
}
