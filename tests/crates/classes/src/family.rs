//! Structs that extend others: a grandparent, a parent, a child, and one under other names.

use std::cell::Cell;
use wasm_bindgen::prelude::*;

thread_local! {
    static LIVE: Cell<[i32; 3]> = const { Cell::new([0; 3]) };
}

/// Counts the values of one struct that are alive.
struct Counted(usize);

impl Counted {
    fn new(which: usize) -> Counted {
        change(which, 1);
        Counted(which)
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        change(self.0, -1);
    }
}

fn change(which: usize, by: i32) {
    LIVE.with(|live| {
        let mut counts = live.get();
        counts[which] += by;
        live.set(counts);
    });
}

/// How many animals, dogs and puppies are alive.
#[wasm_bindgen]
pub fn live() -> Vec<i32> {
    LIVE.with(Cell::get).to_vec()
}

/// Any animal.
#[wasm_bindgen]
pub struct Animal {
    /// How many legs it has.
    pub legs: u32,
    name: String,
    _counted: Counted,
}

#[wasm_bindgen]
impl Animal {
    /// Make one.
    #[wasm_bindgen(constructor)]
    pub fn new(name: &str) -> Animal {
        Animal { legs: 4, name: name.to_owned(), _counted: Counted::new(0) }
    }

    /// Its name.
    #[wasm_bindgen(getter)]
    pub fn name(&self) -> String {
        self.name.clone()
    }

    /// Give it another name.
    #[wasm_bindgen(setter)]
    pub fn set_name(&mut self, name: String) {
        self.name = name;
    }

    /// What it does.
    pub fn speak(&self) -> String {
        format!("{} is quiet", self.name)
    }

    /// Fails.
    pub fn panic(&mut self) {
        panic!("{} panics", self.name);
    }

    /// Takes it out of the world; gives its last words.
    pub fn bury(self) -> String {
        format!("{} rests", self.name)
    }

    /// What all of them are.
    pub fn kingdom() -> String {
        String::from("Animalia")
    }
}

/// An animal that barks.
#[wasm_bindgen(extends = Animal)]
pub struct Dog {
    /// How many tricks it knows.
    pub tricks: u32,
    _counted: Counted,
}

#[wasm_bindgen]
impl Dog {
    /// Make one.
    #[wasm_bindgen(constructor)]
    pub fn new(name: &str, tricks: u32) -> Dog {
        let parent = Animal::new(name).into();
        Dog { parent, tricks, _counted: Counted::new(1) }
    }

    /// What it does: another thing than its parent.
    pub fn speak(&self) -> String {
        format!("{} barks", self.parent.borrow().name)
    }

    /// Uses the parent from inside.
    pub fn lose_leg(&self) -> u32 {
        let mut parent = self.parent.borrow_mut();
        parent.legs -= 1;
        parent.legs
    }
}

/// A small dog, which only Rust makes.
#[wasm_bindgen(extends = Dog)]
pub struct Puppy {
    /// How old it is, in weeks.
    pub weeks: u32,
    _counted: Counted,
}

fn puppy(name: &str) -> Puppy {
    Puppy { parent: Dog::new(name, 0).into(), weeks: 1, _counted: Counted::new(2) }
}

/// Some puppies.
#[wasm_bindgen]
pub fn litter(count: u32) -> Vec<Puppy> {
    (0..count).map(|number| puppy(&format!("puppy {number}"))).collect()
}

/// A puppy, perhaps.
#[wasm_bindgen]
pub fn maybe_puppy(there: bool) -> Option<Puppy> {
    there.then(|| puppy("maybe"))
}

/// A puppy as a JavaScript value.
#[wasm_bindgen]
pub fn puppy_value() -> JsValue {
    puppy("value").into()
}

/// How many legs an animal has.
#[wasm_bindgen]
pub fn count_legs(animal: &Animal) -> u32 {
    animal.legs
}

/// Give an animal one leg more.
#[wasm_bindgen]
pub fn add_leg(animal: &mut Animal) {
    animal.legs += 1;
}

/// The tricks of a dog.
#[wasm_bindgen]
pub fn count_tricks(dog: &Dog) -> u32 {
    dog.tricks
}

/// Takes an animal; gives its name.
#[wasm_bindgen]
pub fn take_animal(animal: Animal) -> String {
    animal.name.clone()
}

/// Takes a dog, perhaps; gives its tricks.
#[wasm_bindgen]
pub fn take_dog(dog: Option<Dog>) -> Option<u32> {
    dog.map(|dog| dog.tricks)
}

/// Takes animals; gives their names.
#[wasm_bindgen]
pub fn take_animals(animals: Vec<Animal>) -> Vec<String> {
    animals.iter().map(|animal| animal.name.clone()).collect()
}


/// A parent under another name, in a namespace.
#[wasm_bindgen(js_name = "Vehicle", js_namespace = ["traffic"])]
pub struct Wagon {
    pub wheels: u32,
}

#[wasm_bindgen(js_class = "Vehicle", js_namespace = ["traffic"])]
impl Wagon {
    /// Roll on.
    pub fn roll(&self) -> u32 {
        self.wheels * 2
    }
}

/// A child of that parent. The CLI writes classes by their names: one before `traffic__Vehicle` would
/// stand before its parent, and the glue would not load.
#[wasm_bindgen(
    js_name = "van",
    extends = Wagon,
    extends_js_class = "Vehicle",
    extends_js_namespace = ["traffic"]
)]
pub struct Car {
    pub seats: u32,
}

#[wasm_bindgen(js_class = "van")]
impl Car {
    /// Make one.
    #[wasm_bindgen(constructor)]
    pub fn new(seats: u32) -> Car {
        Car { parent: Wagon { wheels: 4 }.into(), seats }
    }
}
