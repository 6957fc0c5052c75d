/** The one user of the local account: the access key that AWS's documentation gives as its example. */
export const localUser = {
  name: "local",
  accessKeyId: "AKIAIOSFODNN7EXAMPLE",
  secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
} as const;
