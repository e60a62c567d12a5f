import type { AuditorService, BackstageCredentials } from '@backstage/backend-plugin-api';
import {
  kratixRequestCreatePermission,
  kratixRequestDeletePermission,
  kratixRequestReadPermission,
  kratixRequestUpdatePermission,
  type DryRunState,
  type NamespaceSummary,
  type Preview,
} from '@kratix-ts/backstage-plugin-kratix-common';
import type { Request } from 'express';
import { callerRef, type Authorizer } from './Authorizer';
import type { DryRunService } from './DryRunService';
import type { RequestAction } from './planAction';
import type { VersionWish } from './planVersion';
import type { RateLimit } from './RateLimit';
import { nameIn, parseAction, parseDryRun, parseNewRequest, parseSpecEdit, parseTrial, parseVersionWish } from './requestInput';
import type { RequestId, RequestLocator } from './RequestLocator';
import type { Author, RequestPlace, RequestWrites } from './RequestWrites';

/** Who asks, and by which HTTP request if it came by one. */
export interface By {
  credentials: BackstageCredentials;
  request?: Request;
}

export interface RequestCommandsOptions {
  locator: RequestLocator;
  writes: RequestWrites;
  dryRuns: DryRunService;
  authorizer: Authorizer;
  auditor: AuditorService;
  /** How often a caller may change something, and try something. */
  changes: RateLimit;
  previews: RateLimit;
  /** As whom a caller acts in a cluster. */
  authorOf: (credentials: BackstageCredentials, cluster: string) => Promise<Author>;
}

const READ_AND_UPDATE = [kratixRequestUpdatePermission, kratixRequestReadPermission];

/**
 * Everything that a caller can do to requests, by whichever way: each is decided for the caller, counted, written as the
 * caller, and audited. Bodies are read only for those who may. Nothing else in the portal writes requests.
 */
export class RequestCommands {
  constructor(private readonly options: RequestCommandsOptions) {}

  async create(by: By, place: RequestPlace, body: unknown): Promise<RequestId> {
    await this.options.authorizer.checkNew(by.credentials, { ...place, name: nameIn(body) });
    const request = parseNewRequest(body);
    const id = { ...place, name: request.name };
    await this.change(by, 'request-create', id, author => this.options.writes.create(place, request, author));
    return id;
  }

  async previewCreate(by: By, place: RequestPlace, body: unknown): Promise<Preview> {
    await this.options.authorizer.checkNew(by.credentials, { ...place, name: nameIn(body) });
    return this.try(by, place.cluster, author => this.options.writes.previewCreate(place, parseTrial(body), author));
  }

  /** Shows and compares specs, so it takes the right to read too. */
  async update(by: By, id: RequestId, body: unknown): Promise<void> {
    await this.options.authorizer.checkAll(by.credentials, READ_AND_UPDATE, id);
    const edit = parseSpecEdit(body);
    await this.change(by, 'request-update', id, author => this.options.writes.update(id, edit, author));
  }

  async preview(by: By, id: RequestId, body: unknown): Promise<Preview> {
    await this.options.authorizer.checkAll(by.credentials, READ_AND_UPDATE, id);
    return this.try(by, id.cluster, author => this.options.writes.preview(id, parseSpecEdit(body), author));
  }

  /** Runs the pipelines, so it counts as a change, though nothing is delivered. Answers with the dry run's name. */
  async startDryRun(by: By, id: RequestId, body: unknown): Promise<string> {
    await this.options.authorizer.checkAll(by.credentials, READ_AND_UPDATE, id);
    const { spec } = parseDryRun(body);
    let name = '';
    await this.change(by, 'request-dry-run', id, async author => {
      name = await this.options.dryRuns.start(id, spec, author);
    });
    return name;
  }

  async dryRun(by: By, id: RequestId, name: string): Promise<DryRunState> {
    await this.options.authorizer.checkRequest(by.credentials, kratixRequestReadPermission, id);
    return this.options.dryRuns.state(id, name);
  }

  /** Where the caller may make a request of a Promise, or of any; by cluster and name. */
  async namespaces({ credentials }: By, { cluster, promise }: { cluster?: string; promise?: string }): Promise<NamespaceSummary[]> {
    const mayCreate = await this.options.authorizer.filter(credentials, kratixRequestCreatePermission);
    const requestedBy = callerRef(credentials);
    const mayUse = this.options.locator.places({ cluster, promise }).filter(({ facts }) => mayCreate({ ...facts, name: '', requestedBy }));
    const accepted = await this.options.writes.acceptedPlaces(mayUse, name => this.options.authorOf(credentials, name));
    const found = new Map(accepted.map(({ facts }) => [`${facts.cluster}/${facts.namespace}`, { cluster: facts.cluster, name: facts.namespace }]));
    return [...found.entries()].sort(([a], [b]) => a.localeCompare(b)).map(([, namespace]) => namespace);
  }

  async remove(by: By, id: RequestId, uid?: string): Promise<void> {
    await this.options.authorizer.checkRequest(by.credentials, kratixRequestDeletePermission, id);
    await this.change(by, 'request-delete', id, author => this.options.writes.remove(id, uid, author));
  }

  async act(by: By, id: RequestId, name: RequestAction['do'], body?: unknown): Promise<void> {
    await this.options.authorizer.checkRequest(by.credentials, kratixRequestUpdatePermission, id);
    const action = parseAction(name, body);
    await this.change(by, `request-${name}`, id, author => this.options.writes.act(id, action, author));
  }

  async setVersion(by: By, id: RequestId, name: VersionWish['do'], body?: unknown): Promise<void> {
    await this.options.authorizer.checkRequest(by.credentials, kratixRequestUpdatePermission, id);
    const wish = parseVersionWish(name, body);
    await this.change(by, `request-${name}`, id, author => this.options.writes.setVersion(id, wish, author));
  }

  /** Counts what changes nothing. */
  private async try<T>({ credentials }: By, cluster: string, trial: (author: Author) => Promise<T>): Promise<T> {
    this.options.previews.take(keyOf(credentials));
    return trial(await this.options.authorOf(credentials, cluster));
  }

  /** Counts and audits a change that the caller may make. The record names the object, never what is in it. */
  private async change(by: By, eventId: string, id: RequestId, write: (author: Author) => Promise<void>): Promise<void> {
    this.options.changes.take(keyOf(by.credentials));
    const before = this.generationOf(id);
    const event = await this.options.auditor.createEvent({ eventId, request: by.request, severityLevel: 'medium', meta: { ...id, caller: keyOf(by.credentials) } });
    try {
      await write(await this.options.authorOf(by.credentials, id.cluster));
      await event.success({ meta: { generation: { before, after: this.generationOf(id) } } });
    } catch (error) {
      await event.fail({ error: error instanceof Error ? error : new Error(String(error)), meta: { generation: { before } } });
      throw error;
    }
  }

  private generationOf(id: RequestId): number | null {
    try {
      return this.options.locator.locate(id).request.metadata.generation ?? null;
    } catch {
      return null;
    }
  }
}

/** The name that a caller is counted by. */
function keyOf(credentials: BackstageCredentials): string {
  const { principal } = credentials;
  const subject = typeof principal === 'object' && principal !== null && 'subject' in principal ? String(principal.subject) : 'unknown';
  return callerRef(credentials) ?? `service:${subject}`;
}
