/** Strange agents at the controller's own broker. */
import t from 'tap';
import { strangeAgents } from './testing/strange-agents.ts';

strangeAgents(t);
