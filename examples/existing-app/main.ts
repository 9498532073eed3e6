import { App } from 'aws-cdk-lib';
import { existingApp } from './app';

existingApp(new App());
