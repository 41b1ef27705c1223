provider "aws" {
  region = "eu-west-1"

  default_tags {
    tags = {
      Owner = "payments"
    }
  }
}

provider "aws" {
  alias  = "frankfurt"
  region = "eu-central-1"
}

resource "aws_kms_key" "both" {
  enable_key_rotation = true

  tags = {
    DataClass = "secret"
  }
}

resource "aws_kms_key" "only_own" {
  enable_key_rotation = true

  tags = {
    Team = "payments"
  }
}

resource "aws_kms_key" "elsewhere" {
  provider = aws.frankfurt

  enable_key_rotation = true

  tags = {
    DataClass = "secret"
  }
}
