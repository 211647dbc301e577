/** Name of the file that stands beside the configuration it speaks of: `cdk.tf.json`, or the root module's `*.tf`. */
export const RECEIPT_FILE = "headgate-receipt.json";

export const RECEIPT_SCHEMA = "headgate-receipt/1";
