provider "aws" {
  region = "eu-west-1"

  assume_role {
    role_arn = "arn:aws:iam::123456789012:role/terraform"
  }
}

provider "aws" {
  alias  = "frankfurt"
  region = "eu-central-1"

  assume_role {
    role_arn = "arn:aws:iam::444455556666:role/terraform"
  }
}

resource "aws_kms_key" "app" {
  description         = "orders"
  enable_key_rotation = true
  multi_region        = true
}

resource "aws_kms_replica_key" "app" {
  provider = aws.frankfurt

  description     = "orders"
  primary_key_arn = aws_kms_key.app.arn
}
