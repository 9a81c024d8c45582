#pragma once
// A program that runs beside a test, with its standard input and output on pipes.

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace chairside::testing {

// Threads: one. The program is killed at the end, if it still runs.
class ChildProcess {
  public:
    // The first argument is the program; it is looked up in PATH. Throws std::runtime_error if it cannot
    // start.
    explicit ChildProcess(const std::vector<std::string>& arguments);
    ~ChildProcess();
    ChildProcess(const ChildProcess&) = delete;
    ChildProcess& operator=(const ChildProcess&) = delete;

    // The next line of its output; nullopt when it ended or the time is over.
    std::optional<std::string> read_line(std::chrono::milliseconds timeout);
    void send_signal(int signal) const;
    void kill();
    // Its exit status; -signal if one ended it. Closes its input first.
    int wait();

  private:
    int pid_ = -1, input_ = -1, output_ = -1;
    std::string read_;  // what came after the last line given out
};

}  // namespace chairside::testing
