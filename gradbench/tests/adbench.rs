//! ADBench's formats, by small files of our own making.

use gradbench::adbench;

#[test]
fn a_mixture() {
    let text = "2 1 1\n0.5\n1 2\n0.1 0.2 3\n4 5\n1.5 2\n";
    let p = adbench::gmm(text).unwrap();
    assert_eq!(
        (p.alpha, p.mu, p.q, p.l),
        (vec![0.5], vec![1.0, 2.0], vec![0.1, 0.2], vec![3.0])
    );
    assert_eq!((p.prior.gamma, p.prior.m), (1.5, 2));
    assert!(
        adbench::gmm("2 1 1\n0.5")
            .unwrap_err()
            .contains("too early")
    );
    assert!(
        adbench::gmm(&format!("{text} 7"))
            .unwrap_err()
            .contains("`7`")
    );
    assert!(adbench::gmm("0 0 0").is_err());
}

#[test]
fn observations() {
    let p = adbench::ba("2 3 4\n1 2 3 4 5 6 7 8 9 10 11\n12 13 14\n15\n16 17\n").unwrap();
    assert_eq!(
        (p.cameras.len(), p.points.len(), p.weights.len()),
        (2, 3, 4)
    );
    assert_eq!(p.cameras[1][10], 11.0);
    assert_eq!(p.observed[3], (1, 0));
    assert_eq!(p.features[0], [16.0, 17.0]);
    assert!(adbench::ba("2 3 4 x").unwrap_err().contains("`x`"));
}

#[test]
fn a_memory() {
    let p = adbench::lstm("1 2 1\n1 2 3 4 5 6 7 8\n9 10 11\n12 13\n0\n1\n").unwrap();
    assert_eq!(p.main, [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0]);
    assert_eq!(
        (p.extra, p.state),
        (vec![9.0, 10.0, 11.0], vec![12.0, 13.0])
    );
    assert_eq!((p.sequence, p.b), (vec![0.0, 1.0], 1));
    assert!(adbench::lstm("0 2 1").is_err());
}

/// Bones that are all alike, and four vertices on the last one's.
fn model() -> (String, String, String) {
    let identity = "1:0:0:0:0:1:0:0:0:0:1:0:0:0:0:1";
    let bones: String = (0..22)
        .map(|i: i32| format!("bone{i}:{}:{identity}:{identity}\n", i - 1))
        .collect();
    let vertices: String = (0..4)
        .map(|i| format!("{i}:1:2:0:0:0:0:0:2:3:0.25:21:0.75\n"))
        .collect();
    (bones, vertices, "0:1:2\n1:2:3\n".to_string())
}

#[test]
fn a_hand() {
    let (bones, vertices, triangles) = model();
    let model = adbench::hand_model(&bones, &vertices, &triangles).unwrap();
    assert_eq!((model.parents[0], model.parents[21]), (-1, 20));
    assert_eq!(model.base_positions[3], [3.0, 1.0, 2.0, 1.0]);
    assert_eq!((model.weights[2][3], model.weights[2][21]), (0.25, 0.75));
    assert_eq!(model.triangles, [[0, 1, 2], [1, 2, 3]]);
    assert!(
        adbench::hand_model(&bones, "0:1:2:0:0:0:0:0:1:99:1", "")
            .unwrap_err()
            .contains("99")
    );

    // At rest every vertex is where it was.
    let theta = "0\n".repeat(26);
    let simple = adbench::hand(&format!("1 26\n2 2.5 1 2\n{theta}"), model.clone()).unwrap();
    assert_eq!(simple.errors(), [0.5, 0.0, 0.0]);
    let text = format!("1 26\n1 2.5 1 2\n0.25 0.25\n{theta}");
    let inside = adbench::hand(&text, model.clone()).unwrap();
    assert_eq!(
        inside.errors(),
        [2.5 - (0.25 * 1.0 + 0.25 * 2.0 + 0.5 * 3.0), 0.0, 0.0]
    );
    assert!(adbench::hand("1 26\n9 0 0 0", model).is_err());
}

#[test]
fn files_that_are_missing() {
    let path = std::path::Path::new("no/such/gmm_file.txt");
    assert!(
        adbench::read(path, adbench::gmm)
            .unwrap_err()
            .contains("gmm_file.txt")
    );
    assert!(adbench::read_hand(path).unwrap_err().contains("no model"));
    assert!(gradbench::checksum::of(std::path::Path::new("chess.txt")).is_err());
}
