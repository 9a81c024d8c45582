"""What tools/quantize measures average precision with."""
import importlib.machinery
import importlib.util
import unittest
from pathlib import Path

try:
    import numpy as np
except ImportError:
    np = None


def load():
    path = Path(__file__).resolve().parents[2] / "tools/quantize"
    loader = importlib.machinery.SourceFileLoader("quantize", str(path))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("quantize", loader))
    loader.exec_module(module)
    return module


@unittest.skipIf(np is None, "numpy is not installed for this Python")
class Precision(unittest.TestCase):
    def setUp(self):
        self.q = load()
        self.truth = {"a": np.array([[0, 0, 0.2, 0.4, 1], [0.5, 0, 0.7, 0.4, 1]]), "b": np.array([[0.1, 0.1, 0.3, 0.5, 1]])}

    def test_all_found_is_one_and_none_is_zero(self):
        self.assertAlmostEqual(self.q.ap50(self.truth, self.truth), 1)
        self.assertEqual(self.q.ap50(self.truth, {}), 0)

    def test_a_box_counts_once(self):
        twice = {"a": np.array([[0, 0, 0.2, 0.4, 0.9], [0, 0, 0.2, 0.4, 0.8]])}
        self.assertAlmostEqual(self.q.ap50(self.truth, twice), 1 / 3)

    def test_a_wrong_box_that_is_surer_costs_precision(self):
        found = {"a": np.array([[0.8, 0.5, 0.9, 0.9, 0.95], [0, 0, 0.2, 0.4, 0.9]])}
        self.assertAlmostEqual(self.q.ap50(self.truth, found), 1 / 3 * 1 / 2)

    def test_overlapping_boxes_become_the_surest(self):
        boxes = np.array([[0, 0, 0.2, 0.4, 0.5], [0.01, 0, 0.21, 0.4, 0.9], [0.6, 0, 0.8, 0.4, 0.3]])
        kept = self.q.suppressed(boxes)
        self.assertEqual([float(b[4]) for b in kept], [0.9, 0.3])

    def test_every_row_of_the_truth_of_a_tested_picture_is_taken(self):
        import tempfile
        with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
            file.write("1,1,0,0,50,100,1,1,1\n1,2,50,0,50,100,0,1,1\n2,1,0,0,50,100,1,1,1\n")
            file.flush()
            truth = self.q.given_truth(file.name, [1, 3], 100, 200)
        self.assertEqual({n: len(b) for n, b in truth.items()}, {1: 1, 3: 0})


if __name__ == "__main__":
    unittest.main()
