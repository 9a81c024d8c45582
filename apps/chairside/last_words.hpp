#pragma once
// What the log says where the program ends by an exception that nobody caught: memory that is not there, or an error of ours.

namespace chairside {

// From now on, for all threads. Memory that is not there ends the program with kExitStuck, so that systemd starts it anew; anything
// else with SIGABRT. The store is safe at any moment.
void say_last_words();

}  // namespace chairside
