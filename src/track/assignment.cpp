#include "track/assignment.hpp"

#include <algorithm>
#include <limits>

namespace chairside {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr int kUnmatched = -1;
// Displacements that one row may set off in the reduction before the exact search takes over.
constexpr int kReductionSteps = 8;

}  // namespace

std::span<const AssignmentPair> AssignmentSolver::pairs_of(int row) const {
    const auto begin = static_cast<std::size_t>(row_begin_[row]);
    return pairs_.subspan(begin, static_cast<std::size_t>(row_begin_[row + 1]) - begin);
}

void AssignmentSolver::prepare(int columns) {
    const auto rows = row_begin_.size() - 1;
    const auto n = static_cast<std::size_t>(columns);
    column_of_row_.assign(rows, kUnmatched);
    matched_cost_.assign(rows, 0.0);
    row_of_column_.assign(n, kUnmatched);
    price_.assign(n, 0.0);
    distance_.resize(n);
    reached_from_.resize(n);
    reached_cost_.resize(n);
    stamp_.assign(n, 0);
    done_stamp_.assign(n, 0);
    free_rows_.clear();
    search_ = 0;
}

std::span<const int> AssignmentSolver::solve(std::span<const int> row_begin,
                                             std::span<const AssignmentPair> pairs, int columns) {
    row_begin_ = row_begin;
    pairs_ = pairs;
    prepare(columns);
    const int rows = static_cast<int>(row_begin.size()) - 1;
    for (int row = 0; row < rows; ++row) {
        int current = row;
        for (int step = 0; current != kUnmatched; ++step) {
            int displaced = kUnmatched;
            if (step == kReductionSteps || !reduce_row(current, displaced)) {
                free_rows_.push_back(current);
                break;
            }
            current = displaced;
        }
    }
    for (const int row : free_rows_)
        augment(row);
    return column_of_row_;
}

// Gives the row its cheapest column, at a price that makes the second cheapest as good. False where a tie
// with a taken column would only swap rows for ever.
bool AssignmentSolver::reduce_row(int row, int& displaced) {
    double best = 0, second = kInfinity, best_cost = 0;  // the private column costs 0
    int best_column = kUnmatched;
    for (const auto& pair : pairs_of(row)) {
        const double reduced = pair.cost - price_[pair.column];
        if (reduced < best) {
            second = best;
            best = reduced;
            best_column = pair.column;
            best_cost = pair.cost;
        } else if (reduced < second) {
            second = reduced;
        }
    }
    // Prices only fall, so a row that prefers to stay unmatched will not change its mind.
    if (best_column == kUnmatched) return true;
    const int owner = row_of_column_[best_column];
    if (owner != kUnmatched && !(best < second)) return false;
    if (owner != kUnmatched) column_of_row_[owner] = kUnmatched;
    price_[best_column] -= second - best;
    column_of_row_[row] = best_column;
    matched_cost_[row] = best_cost;
    row_of_column_[best_column] = row;
    displaced = owner;
    return true;
}

// Extends the shortest paths from a row reached at distance `reached_at`, whose own pair has the reduced cost
// `reduced`. Returns the distance of the row's private column.
double AssignmentSolver::scan_row(int row, double reduced, double reached_at) {
    const auto later = [](const Reached& a, const Reached& b) {
        return a.distance > b.distance || (a.distance == b.distance && a.column > b.column);
    };
    for (const auto& pair : pairs_of(row)) {
        const int column = pair.column;
        if (done_stamp_[column] == search_) continue;
        const double distance = reached_at + (pair.cost - price_[column] - reduced);
        if (stamp_[column] == search_ && distance >= distance_[column]) continue;
        stamp_[column] = search_;
        distance_[column] = distance;
        reached_from_[column] = row;
        reached_cost_[column] = pair.cost;
        heap_.push_back({distance, column});
        std::push_heap(heap_.begin(), heap_.end(), later);
    }
    return reached_at - reduced;
}

void AssignmentSolver::augment(int free_row) {
    const auto later = [](const Reached& a, const Reached& b) {
        return a.distance > b.distance || (a.distance == b.distance && a.column > b.column);
    };
    ++search_;
    heap_.clear();
    done_.clear();
    double stay_distance = scan_row(free_row, 0, 0);
    int stay_row = free_row;
    double end_distance = stay_distance;
    int end_column = kUnmatched;
    while (!heap_.empty()) {
        std::pop_heap(heap_.begin(), heap_.end(), later);
        const Reached next = heap_.back();
        heap_.pop_back();
        if (done_stamp_[next.column] == search_ || next.distance > distance_[next.column]) continue;
        if (next.distance >= stay_distance) break;  // someone on the path stays unmatched instead
        if (row_of_column_[next.column] == kUnmatched) {
            end_column = next.column;
            end_distance = next.distance;
            break;
        }
        done_stamp_[next.column] = search_;
        done_.push_back(next.column);
        const int row = row_of_column_[next.column];
        const double stay = scan_row(row, matched_cost_[row] - price_[next.column], next.distance);
        if (stay < stay_distance) {
            stay_distance = stay;
            stay_row = row;
        }
    }
    if (end_column == kUnmatched) end_distance = stay_distance;
    for (const int column : done_)
        if (distance_[column] < end_distance) price_[column] += distance_[column] - end_distance;
    shift_path(free_row, end_column, stay_row);
}

// Moves every row on the path to the column after it. The path ends at a free column, or at a row that gives
// up its column and stays unmatched.
void AssignmentSolver::shift_path(int free_row, int end_column, int end_row) {
    int column = end_column;
    if (column == kUnmatched) {
        if (end_row == free_row) return;
        column = column_of_row_[end_row];
        column_of_row_[end_row] = kUnmatched;
    }
    while (true) {
        const int row = reached_from_[column];
        const int before = column_of_row_[row];
        column_of_row_[row] = column;
        row_of_column_[column] = row;
        matched_cost_[row] = reached_cost_[column];
        if (row == free_row) return;
        column = before;
    }
}

}  // namespace chairside
