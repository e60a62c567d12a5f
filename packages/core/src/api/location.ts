import { z } from 'zod';

/** Where in which store files were written. */
export const location = () =>
  z.object({
    /** Kind and name of the store object, with a slash. */
    store: z.string(),
    /** Tells one repository or bucket from another while the store object bears the same name. */
    repository: z.string(),
    /** `spec.path` of the Destination. */
    path: z.string(),
    /** The Destination's file path mode, with the file's name where there is one file; absent for nestedByMetadata. */
    layout: z.string().optional(),
  });

export type FileLocation = z.infer<ReturnType<typeof location>>;
