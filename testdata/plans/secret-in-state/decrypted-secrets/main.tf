provider "aws" {
  region = "eu-west-1"
}

data "aws_kms_secrets" "database" {
  secret {
    name    = "password"
    payload = "AQICAHgTWpPvpzSQBjVaNyaSCcBnN0wRYy4y"
  }
}
