/**
 * How old what is sealed may be, in seconds. Senders give up sooner; what is older was kept by somebody and is brought
 * again, perhaps after what it belonged to was erased.
 */
export const oldestMessage = 30 * 86_400
