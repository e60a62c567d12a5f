export interface Config {
  kratix?: {
    /** The clusters whose Promises and requests the portal shows. The first is meant where nobody names one. */
    clusters?: Array<{
      /** Name in entities, routes and permissions. Keep it: it is part of every reference. */
      name: string;
      /** Path of a kubeconfig. Without it and without inCluster: KUBECONFIG, then ~/.kube/config. */
      kubeconfig?: string;
      /** Context in the kubeconfig; default: its current one. */
      context?: string;
      /** Uses the service account of the pod that the portal runs in. */
      inCluster?: boolean;
    }>;
    catalog?: {
      /** Entity ref of who owns Promises, and requests of which nobody knows who made them. Default `group:default/platform`. */
      defaultOwner?: string;
    };
  };
}
