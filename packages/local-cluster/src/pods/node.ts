import { hostname, release, type as osType } from 'node:os';
import type { LocalApi } from '../api';
import { architecture, capacity } from './sources';
import { NODE_NAME, NODES } from './types';

const CONDITIONS: [type: string, status: string, reason: string, message: string][] = [
  ['MemoryPressure', 'False', 'KubeletHasSufficientMemory', 'kubelet has sufficient memory available'],
  ['DiskPressure', 'False', 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure'],
  ['PIDPressure', 'False', 'KubeletHasSufficientPID', 'kubelet has sufficient PID available'],
];

interface NodeStatus {
  status?: Record<string, unknown>;
}

/** Registers this machine as the cluster's one node; not ready, and saying why, when containers cannot be run. */
export function registerNode(api: Pick<LocalApi, 'get' | 'create' | 'update'>, options: { executor: string; problem?: string; address: string; version: string }): void {
  const now = new Date().toISOString().replace(/\.\d+Z$/, 'Z');
  const labels = { 'kubernetes.io/hostname': NODE_NAME, 'kubernetes.io/os': 'linux', 'kubernetes.io/arch': architecture() };
  if (!api.get(NODES, { name: NODE_NAME })) {
    api.create(NODES, { apiVersion: 'v1', kind: 'Node', metadata: { name: NODE_NAME, labels }, spec: {} });
  }
  const ready: (typeof CONDITIONS)[number] = options.problem
    ? ['Ready', 'False', 'KubeletNotReady', options.problem]
    : ['Ready', 'True', 'KubeletReady', 'kubelet is posting ready status'];
  api.update<NodeStatus>(NODES, { name: NODE_NAME }, node => {
    node.status = {
      capacity: capacity(),
      allocatable: capacity(),
      conditions: [...CONDITIONS, ready].map(([type, status, reason, message]) => ({ type, status, reason, message, lastHeartbeatTime: now, lastTransitionTime: now })),
      addresses: [{ type: 'InternalIP', address: options.address }, { type: 'Hostname', address: hostname() }],
      nodeInfo: {
        architecture: architecture(),
        operatingSystem: 'linux',
        kernelVersion: release(),
        osImage: osType(),
        containerRuntimeVersion: `${options.executor}://1`,
        kubeletVersion: options.version,
        kubeProxyVersion: '',
        machineID: '',
        systemUUID: '',
        bootID: '',
      },
    };
  }, 'status');
}
