// The public API, curated by hand: what is not exported here is free to change.
export {};
