import { renderInTestApp } from '@backstage/frontend-test-utils';
import { screen } from '@testing-library/react';
import type { Run } from '@kratix-ts/backstage-plugin-kratix-common';
import { lackingRun, retriedRun } from '../../fixtures/runs';
import { StepList } from '../status/StepList';
import { RunTable } from './RunTable';

const BEFORE = 'attempt 1 failed: write-manifests exited with 1: psql: connection refused';
const tableOf = (run: Run) => renderInTestApp(<RunTable run={run} events={[]} logTrigger={(_query, _label, name) => name} />);

it('says in the row of a step how the attempt before ended', async () => {
  tableOf(retriedRun(new Date()));
  expect(await screen.findByRole('cell', { name: /attempt 2/ })).toHaveTextContent(BEFORE);
});

it('says in the list of steps how the attempt before ended', async () => {
  renderInTestApp(<StepList steps={retriedRun(new Date()).steps} />);
  expect(await screen.findByText(BEFORE)).toBeInTheDocument();
});

it('names the Secret that a container waits for in the words of the kubelet', async () => {
  tableOf(lackingRun(new Date()));
  expect(await screen.findByText('waiting: secret "database-password" not found')).toBeInTheDocument();
});
