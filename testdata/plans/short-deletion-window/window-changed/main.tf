provider "aws" {
  region = "eu-west-1"
}

resource "aws_kms_key" "shrinks" {
  deletion_window_in_days = 7
}

resource "aws_kms_key" "grows" {
  deletion_window_in_days = 30
}

resource "aws_kms_key" "always" {
  deletion_window_in_days = 7
}

resource "aws_kms_key" "taken_away" {
}
