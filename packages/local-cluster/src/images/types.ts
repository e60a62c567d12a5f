/** How an image wants to be run, as its builder wrote it. */
export interface ImageConfig {
  entrypoint: string[];
  cmd: string[];
  /** `NAME=value` */
  env: string[];
  workingDir: string;
  /** `user[:group]`, names or numbers; empty is root. */
  user: string;
}

/** A folder of this machine that a container of the image sees read-only. */
export interface ImageBind {
  source: string;
  target: string;
}

export interface Image {
  /** The full name, as {@link normaliseImageName} writes it. */
  name: string;
  /** Names the content: two images with one id hold the same files. */
  id: string;
  /** Folders laid over each other, the first one on top. */
  layers: string[];
  binds: ImageBind[];
  config: ImageConfig;
  /** RFC 3339. */
  addedAt: string;
}

/**
 * Where an image's files come from: a folder that holds a root file system, an archive (OCI layout or `docker save`),
 * or this machine's own programs. `folder` with `host` lays the folder over this machine's programs.
 */
export type ImageSource =
  | { folder: string; host?: boolean; config?: Partial<ImageConfig> }
  | { archive: string }
  | { host: true; config?: Partial<ImageConfig> };
