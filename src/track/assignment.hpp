#pragma once
// Optimal partial assignment of tracks to detections.
//
// Source: R. Jonker, A. Volgenant, "A shortest augmenting path algorithm for dense and sparse linear
// assignment problems", Computing 38 (1987), in its sparse form: row reduction, then shortest augmenting
// paths with a heap. Each row also owns a private column of cost 0, "stay unmatched", so the problem is
// always feasible and the sum of the chosen costs is minimal over all partial assignments, not only over
// those with the most pairs. A path never leaves the connected component of its first row, so far-apart
// groups do not slow each other down.

#include <span>
#include <utility>
#include <vector>

namespace chairside {

struct AssignmentPair {
    int column = 0;
    double cost =
        0;  // below 0: by how much pairing is better than leaving both unmatched; pairs >= 0 are never chosen
};

// Threads: one. Memory: grows to the largest problem seen and is kept, so a warm solver does not allocate.
class AssignmentSolver {
  public:
    // Pairs of row i are pairs[row_begin[i] .. row_begin[i + 1]); row_begin has rows + 1 entries, costs are
    // finite. Columns are 0..columns-1; a (row, column) may occur once. Returns the column of each row or -1;
    // valid until the next call. Ties are broken by the order of the pairs, the same on every machine.
    std::span<const int> solve(std::span<const int> row_begin, std::span<const AssignmentPair> pairs,
                               int columns);

  private:
    struct Reached {
        double distance = 0;
        int column = 0;
    };
    void prepare(int columns);
    bool reduce_row(int row, int& displaced);
    void augment(int free_row);
    double scan_row(int row, double reduced, double reached_at);
    void shift_path(int free_row, int end_column, int end_row);
    std::span<const AssignmentPair> pairs_of(int row) const;

    std::span<const int> row_begin_;
    std::span<const AssignmentPair> pairs_;
    std::vector<int> column_of_row_, row_of_column_;
    std::vector<double> matched_cost_;  // cost of a row's chosen pair
    std::vector<double> price_;         // dual value of a column, <= 0; 0 while it is unassigned
    std::vector<double> distance_;      // per column, valid where stamp_ is the current search
    std::vector<int> reached_from_;     // per column: the row before it on the shortest path
    std::vector<double> reached_cost_;  // per column: cost of that pair
    std::vector<int> stamp_, done_stamp_;
    std::vector<Reached> heap_;
    std::vector<int> done_, free_rows_;
    int search_ = 0;
};

}  // namespace chairside
