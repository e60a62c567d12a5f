import type { WorkflowRunObject } from './api';
import type { KubeObject } from './kube/types';
import type { EventNote, Logger } from './runtime';
import type { ChooseDestination } from './scheduling';
import type { StateStoreType } from './statestore';

/** Something that happened to an object, as an event tells it. */
export interface EngineEvent extends EventNote {
  object: KubeObject;
}

/**
 * Told what happens. Nothing waits for a listener: what it throws, or does not end within ten seconds, is logged with its
 * plugin's name and changes nothing.
 */
export interface WorkflowListener {
  /** A run came into being or its record changed. The object is shared and must not be changed. */
  onRun?(run: WorkflowRunObject): void | Promise<void>;
  /** An event of any object that the engine looks after. */
  onEvent?(event: EngineEvent): void | Promise<void>;
}

/**
 * A rule over writes, asked by the admission webhook after the engine's own rules have passed. One that throws, or does not
 * answer within a second, lets the write pass with a warning that names its plugin.
 */
export interface AdmissionRule {
  /** Kind of `platform.kratix.io` that is judged: Promise, Destination, BucketStateStore, PromiseRelease or PromiseRevision. */
  kind: string;
  /** What stands against the write, one sentence each, naming the field and the mend; empty when nothing does. */
  problems(object: KubeObject, previous: KubeObject | undefined): string[] | Promise<string[]>;
}

/** What can be added to an engine. The built-in stores, scheduling and events are plugins too. */
export interface EnginePlugin {
  /** Stands in conditions and logs. */
  name: string;
  /** Kinds of state stores. Two plugins cannot bring one kind. */
  stateStores?: StateStoreType[];
  /**
   * Picks one of several Destinations that match a request's files: at once, without side effects, and the same one for the
   * same Work. The last plugin that has one decides. While it throws, or names none of the candidates, the Work's
   * condition says so.
   */
  chooseDestination?: ChooseDestination;
  admission?: AdmissionRule[];
  listeners?: WorkflowListener[];
}

/** What a plugin is made with. */
export interface PluginContext {
  /** What stands beside its name in the configuration; the plugin checks it, and throws an Error that names the field. */
  options: Readonly<Record<string, unknown>>;
  /** Names the plugin in every line. Secrets do not belong here. */
  log: Logger;
  /** Writes a Kubernetes event; returns at once, and never throws. */
  record(object: KubeObject, note: EventNote): void;
}

/** The default export of a plugin's package: a plugin, or what makes one. */
export type PluginExport = EnginePlugin | ((context: PluginContext) => EnginePlugin | Promise<EnginePlugin>);
