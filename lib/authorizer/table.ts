/** The DynamoDB table of a domain's proofs. Reads are consistent: an item written is an item seen. */
import {
  ConditionalCheckFailedException,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { Items } from './proof-store';

export function table(name: string, client = new DynamoDBClient({ maxAttempts: 2 })): Items {
  return {
    async add(key, value, until) {
      try {
        await client.send(
          new PutItemCommand({
            TableName: name,
            Item: { id: { S: key }, value: { S: value }, until: { N: String(Math.ceil(until)) } },
            ConditionExpression: 'attribute_not_exists(id)',
          }),
        );
        return true;
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException) return false;
        throw error;
      }
    },
    async get(key) {
      const { Item } = await client.send(
        new GetItemCommand({ TableName: name, Key: { id: { S: key } }, ConsistentRead: true }),
      );
      return Item?.value?.S;
    },
  };
}
